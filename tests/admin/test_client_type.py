"""A client that becomes public keeps no secret, and no old one comes back with the other type (RFC 6749 §2.1)."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password

from oauth_provider.admin.clients.secret import SecretViews
from oauth_provider.dot.names import application_model
from oauth_provider.dot.secret import is_secret
from oauth_provider.models import ClientSecret
from tests import ledger
from tests.admin.operators import errors_of, form_of, operator, url
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.1")]
PUBLIC = {"client_type": "public", "token_endpoint_auth_method": "none"}
CONFIDENTIAL = {"client_type": "confidential", "token_endpoint_auth_method": "client_secret_basic"}


def become(browser: Any, application: Any, changes: dict[str, str]) -> str:
    """Send the client's form with ``changes``; the page that comes then."""
    sent = form_of(browser, application, **changes)
    response = browser.post(url(application), sent, follow=True)
    assert response.redirect_chain, errors_of(response)
    return str(response.content.decode())


def answer(application: Any, secret: str) -> int:
    """What the token endpoint answers: 401 to a wrong secret, 400 to a right one with a wrong token."""
    application.refresh_from_db()
    application.secret = secret
    return int(Driver(application).token(grant_type="refresh_token", refresh_token="none").status_code)


def test_secrets_end_when_the_client_becomes_public_and_none_serves_afterwards():
    browser, application = operator(), ApplicationFactory()
    secrets = [application.secret, ClientSecret.objects.create_secret(application)[1]]
    assert [answer(application, secret) for secret in secrets] == [400, 400]
    assert "2 secrets ended" in become(browser, application, PUBLIC)
    assert not ClientSecret.objects.live().exists()
    assert "Revoked every client secret" in " ".join(LogEntry.objects.values_list("change_message", flat=True))
    assert "secrets ended" not in become(browser, application, CONFIDENTIAL)
    assert [answer(application, secret) for secret in secrets] == [401, 401]


@each("is_hashed", [True, False])
@each("is_public_already", [True, False])
def test_the_secret_in_dots_column_ends_with_the_client_type(is_hashed, is_public_already):
    browser, application = operator(), ApplicationFactory()
    ClientSecret.objects.all().delete()
    columns = {"client_secret": make_password("chosen by a person") if is_hashed else "chosen by a person"}
    application_model().objects.update(**columns, client_type="public" if is_public_already else "confidential")
    if is_public_already:
        become(browser, application, CONFIDENTIAL)
    else:
        assert "secret ended" in become(browser, application, PUBLIC)
        become(browser, application, CONFIDENTIAL)
    assert answer(application, "chosen by a person") == 401
    assert not is_secret(application.client_secret)


def test_a_copy_of_dots_secret_is_no_second_one():
    application = ApplicationFactory(client_secret="o" * 128, hash_client_secret=True)
    ClientSecret.objects.all().delete()
    ClientSecret.objects.adopt(application, "o" * 128)
    assert ClientSecret.objects.revoke_all(application) == 1
    assert ClientSecret.objects.revoke_all(application) == 0
    application.delete()
    assert ClientSecret.objects.revoke_all(application) == 0


def test_another_clients_secrets_serve_on_and_another_change_ends_none():
    browser, application, other = operator(), ApplicationFactory(), ApplicationFactory()
    become(browser, application, PUBLIC)
    become(browser, other, {"name": "Renamed"})
    assert answer(other, other.secret) == 400
    assert ClientSecret.objects.live().get().application == other


def test_a_form_that_is_refused_ends_none():
    browser, application = operator(), ApplicationFactory(service=True)
    sent = form_of(browser, application, client_type="public")
    with ledger.unchanged():
        assert browser.post(url(application), sent).status_code == 200


@pytest.mark.parametrize("verb", ["create", "rotate"])
def test_no_secret_is_made_for_a_client_that_becomes_public_meanwhile(verb, monkeypatch):
    browser, application = operator(), ApplicationFactory()
    address = url(application, f"secret_{verb}")
    bound = browser.get(address).context["form"]
    sent = {"label": "", **{name: bound[name].value() for name in ("newest", "seconds")}}
    is_first = SecretViews._is_first

    def meanwhile(*args: Any) -> bool:
        application_model().objects.update(client_type="public")
        return is_first(*args)

    monkeypatch.setattr(SecretViews, "_is_first", meanwhile)
    assert "Nothing was made" in browser.post(address, sent, follow=True).content.decode()
    assert ClientSecret.objects.count() == 1
