"""Client secrets (RFC 6749 §2.3.1): made by the server, shown in one answer, rotated with an overlap, ended."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret
from tests import ledger
from tests.admin.operators import SECRET, operator, url
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]
DAY = 86400


def page(application: Any, verb: str) -> str:
    return url(application, f"secret_{verb}")


def form(browser: Any, address: str, **changes: Any) -> dict[str, Any]:
    """The form of the page, as it stands there."""
    bound = browser.get(address).context["form"]
    return {"label": ""} | {name: bound[name].value() for name in ("newest", "seconds")} | changes


def make(browser: Any, application: Any, verb: str, **changes: Any) -> str:
    """The secret in the answer."""
    address = page(application, verb)
    response = browser.post(address, form(browser, address, **changes))
    assert response.status_code == 200
    return SECRET.search(response.content.decode())[0]  # type: ignore[index]


def works(application: Any, secret: str) -> bool:
    application.secret = secret
    answer = Driver(application).token(grant_type="client_credentials", scope="notes:read")
    return bool(answer.status_code == 200)


@pytest.mark.parametrize("verb", ["create", "rotate"])
def test_a_new_secret_is_shown_once_and_nowhere_afterwards(verb):
    browser, application = operator(), ApplicationFactory(service=True)
    secret = make(browser, application, verb, label="production")
    assert works(application, secret)
    for view in ("change", "history", "secret_create", "secret_rotate"):
        assert secret not in browser.get(url(application, view)).content.decode()
    kept = str([session.get_decoded() for session in Session.objects.all()]) + str(browser.cookies) + ledger.text()
    assert secret not in kept
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (browser.operator, str(application.pk))
    assert "client secret" in entry.change_message
    assert secret not in entry.object_repr + entry.change_message


def test_the_answer_is_in_no_cache():
    browser, application = operator(), ApplicationFactory(service=True)
    address = page(application, "create")
    response = browser.post(address, form(browser, address))
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("verb", ["create", "rotate"])
def test_to_ask_for_the_page_makes_nothing(verb):
    browser, application = operator(), ApplicationFactory(service=True)
    with ledger.unchanged():
        assert not SECRET.search(browser.get(page(application, verb)).content.decode())
        browser.get(page(application, verb), {"label": "x", "seconds": "0", "newest": "0"})
        browser.head(page(application, verb))


@pytest.mark.parametrize("verb", ["create", "rotate"])
def test_the_same_form_sent_again_makes_no_second_secret(verb):
    browser, application = operator(), ApplicationFactory(service=True)
    sent = form(browser, page(application, verb))
    first = SECRET.search(browser.post(page(application, verb), sent).content.decode())[0]
    with ledger.unchanged():
        again = browser.post(page(application, verb), sent, follow=True)
    assert again.redirect_chain == [(url(application), 302)]
    assert "Nothing was made" in again.content.decode()
    assert works(application, first)


@pytest.mark.parametrize("seconds", [3600, DAY, 7 * DAY, 30 * DAY])
def test_the_secrets_of_before_serve_for_the_overlap_and_no_longer(seconds, clock_cache):
    browser, application = operator(), ApplicationFactory(service=True)
    old = application.secret
    new = make(browser, application, "rotate", seconds=seconds)
    with ledger.later(seconds - 60):
        assert works(application, old)
    with ledger.later(seconds + 60):
        assert not works(application, old)
        assert works(application, new)


def test_without_an_overlap_they_end_at_once():
    browser, application = operator(), ApplicationFactory(service=True)
    old = application.secret
    new = make(browser, application, "rotate", seconds=0)
    assert not works(application, old)
    assert works(application, new)


def test_a_secret_can_be_made_to_end(clock_cache):
    browser, application = operator(), ApplicationFactory(service=True)
    new = make(browser, application, "create", seconds=30 * DAY)
    assert works(application, new)
    with ledger.later(31 * DAY):
        assert not works(application, new)


@each(
    "changes",
    [
        {"seconds": "17"}, {"seconds": "-1"}, {"seconds": ""}, {"seconds": "9" * 40}, {"label": "x" * 65},
        {"label": "\x00"}, {"newest": "x"}, {"newest": "9" * 40}, {"newest": ""},
    ],
)  # fmt: skip
@each("verb", ["create", "rotate"])
def test_a_form_that_says_anything_else_makes_nothing(verb, changes):
    browser, application = operator(), ApplicationFactory(service=True)
    address = page(application, verb)
    sent = form(browser, address, **changes)
    with ledger.unchanged():
        response = browser.post(address, sent)
    assert response.status_code in (200, 302)
    assert not SECRET.search(response.content.decode())


def test_one_secret_is_ended_and_the_others_serve_on():
    browser, application = operator(), ApplicationFactory(service=True)
    old, row = application.secret, ClientSecret.objects.get()
    new = make(browser, application, "create")
    address = url(application, "secret_revoke", row.pk)
    with ledger.unchanged():
        assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 302
    assert not works(application, old)
    assert works(application, new)
    assert "Revoked" in LogEntry.objects.latest("pk").change_message


@each("verb", ["get", "post"])
@each("pk", [0, 10**30])
def test_a_secret_that_is_not_the_clients_is_not_there(verb, pk):
    application, other = ApplicationFactory(), ApplicationFactory()
    browser = operator()
    foreign = ClientSecret.objects.get(application=other).pk
    with ledger.unchanged():
        for key in (pk, foreign):
            assert getattr(browser, verb)(url(application, "secret_revoke", key)).status_code == 404


@each("verb", ["get", "post"])
@each("key", ["0", "x", "9" * 40, "_00", "\x00", "1/2"])
def test_a_client_that_is_not_there_has_no_secrets(verb, key):
    browser = operator()
    base = url(application_model(), "changelist")
    for path in ("create/", "rotate/", "1/revoke/"):
        response = getattr(browser, verb)(f"{base}{key}/secrets/{path}".replace("\x00", "%00"))
        assert response.status_code == 302
        assert response["Location"] == "/admin/"


@pytest.mark.parametrize("verb", ["create", "rotate"])
@pytest.mark.spec("RFC 6749", "2.1")
def test_a_public_client_gets_none(verb):
    browser, application = operator(), ApplicationFactory(public=True)
    with ledger.unchanged():
        for response in (browser.get(page(application, verb)), browser.post(page(application, verb), {"seconds": 0})):
            assert response["Location"] == url(application)
    assert "keeps no secret" in browser.get(url(application)).content.decode()


@pytest.mark.parametrize(("stored", "kind"), [("hashed", "a slow hash"), ("chosen by a person", "plain text")])
def test_a_secret_that_dot_keeps_is_named_and_never_shown(stored, kind):
    stored = make_password("chosen") if stored == "hashed" else stored
    application = ApplicationFactory()
    application_model().objects.filter(pk=application.pk).update(client_secret=stored)
    browser = operator()
    shown = browser.get(url(application)).content.decode()
    assert f"kept by django-oauth-toolkit ({kind})" in shown
    assert stored not in shown
    make(browser, application, "rotate", seconds=0)
    assert "kept by" not in browser.get(url(application)).content.decode()


def test_a_list_of_secrets_has_an_end():
    browser, application = operator(), ApplicationFactory()
    for _number in range(30):
        ClientSecret.objects.rotate(application, overlap=0)
    response = browser.get(url(application))
    assert len(response.context["secrets"]) == 11
    assert [one.is_live for one in response.context["secrets"]].count(True) == 1
