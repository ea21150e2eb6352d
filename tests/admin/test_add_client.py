"""A first client: one form, one answer, and it works (RFC 6749 §2)."""

from html import unescape
from typing import Any
from unittest.mock import DEFAULT, patch

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.shortcuts import redirect

from oauth_provider.admin import ApplicationAdmin
from oauth_provider.dot.names import application_model
from oauth_provider.dot.secret import is_secret
from oauth_provider.models import ClientPolicy, ClientSecret
from tests import ledger
from tests.admin.operators import SECRET, add_url, errors_of, new_client, operator, url
from tests.driver import TOKEN, Driver, post
from tests.each import each
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
CALLBACK = "https://photos.example.com/callback"


def created() -> Any:
    """The one client there is."""
    return application_model().objects.get()


@pytest.mark.spec("RFC 6749", "2.2")
def test_one_form_makes_a_web_client_whose_next_request_is_a_whole_flow():
    browser = operator()
    response = browser.post(add_url(), new_client(browser))
    application = created()
    application.secret = SECRET.search(response.content.decode())[0]
    driver = Driver(application, redirect_uri=CALLBACK, scope="notes:read")
    driver.sign_in(UserFactory())
    assert driver.tokens()["scope"] == "notes:read"


@pytest.mark.spec("RFC 6749", "2.1")
@each(
    ("kind", "client_type", "grant_types", "redirect_uris"),
    [
        ("web", "confidential", ["authorization_code", "refresh_token"], CALLBACK),
        ("browser", "public", ["authorization_code", "refresh_token"], CALLBACK),
        ("native", "public", ["authorization_code", "refresh_token"], "http://127.0.0.1/cb"),
        ("service", "confidential", ["client_credentials"], ""),
    ],
)
def test_the_type_of_application_says_the_rest(kind, client_type, grant_types, redirect_uris):
    browser = operator()
    response = browser.post(add_url(), new_client(browser, kind=kind, redirect_uris=redirect_uris))
    application = created()
    policy = ClientPolicy.objects.get(application=application)
    assert (application.client_type, policy.grant_types, policy.scopes) == (client_type, grant_types, ["notes:read"])
    assert application.user is None
    assert bool(SECRET.search(response.content.decode())) == (client_type == "confidential")
    assert ClientSecret.objects.count() == (client_type == "confidential")
    assert not is_secret(application.client_secret)
    assert application.client_id in response.content.decode()


@pytest.mark.spec("RFC 6819", "5.1.4.1")
def test_the_secret_is_shown_once_and_is_nowhere_afterwards():
    browser = operator()
    response = browser.post(add_url(), new_client(browser))
    assert "no-store" in response["Cache-Control"]
    secret = SECRET.search(response.content.decode())[0]
    application = created()
    later = [browser.get(url(application)), browser.get(url(application, "history")), browser.get(add_url())]
    for page in later:
        assert secret not in page.content.decode()
    sessions = str([session.get_decoded() for session in Session.objects.all()])
    assert secret not in sessions + str(browser.cookies) + ledger.text()
    assert not [entry for entry in LogEntry.objects.all() if secret in entry.object_repr + entry.change_message]


def test_the_same_form_sent_again_makes_no_second_client_and_no_second_secret():
    browser = operator()
    form = new_client(browser)
    browser.post(add_url(), form)
    with ledger.unchanged():
        again = browser.post(add_url(), form, follow=True)
    assert again.redirect_chain == [(url(created()), 302)]
    assert "made already" in again.content.decode()
    assert not SECRET.search(again.content.decode())


def test_a_form_sent_twice_at_the_same_moment_makes_no_second_client_either():
    browser = operator()
    form = new_client(browser)
    browser.post(add_url(), form)
    with (
        patch.object(ApplicationAdmin, "_made_before", autospec=True, side_effect=[None, DEFAULT]) as looked,
        ledger.unchanged(),
    ):
        looked.return_value = redirect("/here")
        assert browser.post(add_url(), form)["Location"] == "/here"


@each("draft", ["", "x", "client-1:forged", None, "\x00"])
def test_nobody_but_the_server_names_a_client(draft):
    browser = operator()
    with ledger.unchanged():
        response = browser.post(add_url(), new_client(browser, draft=draft))
    assert "__all__" in errors_of(response)
    assert browser.post(add_url(), new_client(browser, client_id="mine", client_secret="mine")).status_code == 200
    assert created().client_id != "mine"


def test_a_draft_serves_for_a_day_and_the_form_that_says_so_can_be_sent():
    browser = operator()
    form = new_client(browser)
    with ledger.later(86500), ledger.unchanged():
        browser.force_login(browser.operator)
        response = browser.post(add_url(), form)
        assert "too long" in errors_of(response)["__all__"]
    fresh = response.context["adminform"].form["draft"].value()
    assert fresh != form["draft"]
    assert browser.post(add_url(), form | {"draft": fresh}).status_code == 200
    assert created().name == "Photo Book"


@each(
    ("line", "word", "section"),
    [
        ("http://app.example.com/cb", "https", "RFC 9700 §2.6"),
        ("https://app.example.com/cb#x", "“#”", "RFC 6749 §3.1.2"),
        ("https://*.example.com/cb", "“*”", "RFC 9700 §4.1.3"),
        ("app.example.com/cb", "scheme in front", "RFC 6749 §3.1.2"),
        ("/cb", "scheme in front", "RFC 6749 §3.1.2"),
        ("javascript:alert(1)", "browser runs", "RFC 6819 §5.2.3.5"),
        ("myapp:/cb", "domain name reversed", "RFC 8252 §7.1"),
        ("https://good.example@evil.example/", "“@”", "RFC 3986 §7.6"),
        ("https://app.example.com/c b", "spaces", "RFC 3986 §2"),
        ("https://app.example.com:port/", "port", "RFC 3986 §3.2"),
    ],
)
@pytest.mark.spec("RFC 6749", "3.1.2")
def test_what_is_wrong_with_a_redirect_uri_is_said_beside_the_field_with_its_section(line, word, section):
    browser = operator()
    with ledger.unchanged():
        response = browser.post(add_url(), new_client(browser, redirect_uris=f"{CALLBACK}\n{line}"))
    said = errors_of(response)
    assert list(said) == ["redirect_uris"]
    assert f'<code dir="ltr">{line}</code>' in said["redirect_uris"]
    assert CALLBACK not in said["redirect_uris"]
    assert word in said["redirect_uris"]
    assert f"{section}</a>" in said["redirect_uris"]
    assert "https://www.rfc-editor.org/rfc/rfc" in said["redirect_uris"]
    # What was typed stands there still, each URI on its line.
    assert response.context["adminform"].form["redirect_uris"].value() == f"{CALLBACK}\n{line}"


def test_every_wrong_line_is_named_and_none_can_inject_markup():
    browser = operator()
    lines = "http://a.example/\n<script>alert(1)</script>\nhttps://b.example/#"
    said = errors_of(browser.post(add_url(), new_client(browser, redirect_uris=lines)))["redirect_uris"]
    assert said.count("<li>") == 3
    assert "&lt;script&gt;" in said
    assert "<script>" not in said


@each("uri", ["com.example.app:/cb", "app.immich:///oauth-callback", "cursor://anysphere.cursor-mcp/oauth/callback"])
def test_an_app_may_have_a_domain_name_for_its_scheme_or_one_that_is_known(uri):
    browser = operator()
    said = errors_of(browser.post(add_url(), new_client(browser, kind="web", redirect_uris=uri)))["redirect_uris"]
    assert "Validation error" not in said
    browser.post(add_url(), new_client(browser, kind="native", redirect_uris=uri))
    assert created().redirect_uris == uri


@each("uri", ["myapp://callback", "myapp:/cb", "myapp:///oauth-callback"])
def test_a_scheme_that_the_operator_lists_need_not_be_a_domain_name(settings, uri):
    browser = operator()
    form = new_client(browser, kind="native", redirect_uris=uri)
    assert "RFC 8252 §7.1" in errors_of(browser.post(add_url(), form))["redirect_uris"]
    settings.OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "MyApp"]}
    browser.post(add_url(), form)
    assert created().redirect_uris == uri


def test_a_listed_scheme_that_a_browser_runs_stays_refused(settings):
    settings.OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "javascript"]}
    browser = operator()
    response = browser.post(add_url(), new_client(browser, kind="native", redirect_uris="javascript:alert(1)"))
    assert "RFC 6819 §5.2.3.5" in errors_of(response)["redirect_uris"]


@pytest.mark.spec("RFC 6454", "6.2")
def test_the_origin_of_a_page_inside_an_app_is_allowed_where_the_operator_lists_its_scheme(settings):
    browser = operator()
    form = new_client(browser, kind="browser", allowed_origins="myapp://localhost")
    assert 'OAUTH2_PROVIDER["ALLOWED_SCHEMES"]' in unescape(errors_of(browser.post(add_url(), form))["allowed_origins"])
    settings.OAUTH2_PROVIDER = {"ALLOWED_SCHEMES": ["https", "myapp"]}
    browser.post(add_url(), form)
    assert created().allowed_origins == "myapp://localhost"
    form = {"grant_type": "authorization_code", "code": "x", "client_id": created().client_id}
    answer = post(browser, TOKEN, form, Origin="myapp://localhost")
    assert answer["Access-Control-Allow-Origin"] == "myapp://localhost"
    assert not post(browser, TOKEN, form, Origin="ionic://localhost").has_header("Access-Control-Allow-Origin")


def test_plain_http_may_be_registered_where_the_project_serves_it(settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "LEGACY_HTTP_REDIRECT_URIS": True}
    browser = operator()
    browser.post(add_url(), new_client(browser, redirect_uris="http://intranet.example/cb"))
    assert created().redirect_uris == "http://intranet.example/cb"


@each(
    ("changes", "field", "word"),
    [
        ({"redirect_uris": ""}, "redirect_uris", "RFC 6749 §3.1.2.2"),
        ({"redirect_uris": " \n \n"}, "redirect_uris", "RFC 6749 §3.1.2.2"),
        ({"kind": "browser", "redirect_uris": ""}, "redirect_uris", "RFC 6749 §3.1.2.2"),
        ({"kind": "service"}, "redirect_uris", "redirects nobody"),
        ({"scopes": None}, "scopes", "at least one scope"),
        ({"scopes": ["admin"]}, "scopes", "admin"),
        ({"name": ""}, "name", "required"),
        ({"name": "\x00"}, "name", "Null"),
        ({"name": "x" * 256}, "name", "255"),
        ({"kind": "robot"}, "kind", "robot"),
        ({"kind": None}, "kind", "required"),
        ({"redirect_uris": "https://a.example/\x00"}, "redirect_uris", "Null"),
        ({"kind": "browser", "allowed_origins": "https://a.example/"}, "allowed_origins", "RFC 6454 §6.2"),
        ({"kind": "browser", "allowed_origins": "*"}, "allowed_origins", "RFC 6454 §6.2"),
        ({"kind": "browser", "allowed_origins": "http://app.example"}, "allowed_origins", "RFC 9700 §2.6"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_made(changes, field, word):
    browser = operator()
    with ledger.unchanged():
        response = browser.post(add_url(), new_client(browser, **changes))
    assert response.status_code == 200
    assert word in errors_of(response)[field]


def test_every_scope_is_a_choice_of_its_own():
    browser = operator()
    browser.post(add_url(), new_client(browser, scopes=None, every_scope="on"))
    assert ClientPolicy.objects.get().scopes is None


@pytest.mark.spec("Fetch", "3.2")
def test_a_browser_app_may_call_from_where_its_redirect_uris_are():
    browser = operator()
    uris = f"{CALLBACK}\nhttps://photos.example.com/silent\nhttps://beta.example.com:8443/cb"
    browser.post(add_url(), new_client(browser, kind="browser", redirect_uris=uris))
    assert created().allowed_origins.split() == ["https://photos.example.com", "https://beta.example.com:8443"]


@pytest.mark.spec("RFC 9700", "2.6")
def test_a_browser_app_on_the_developers_machine_may_call_from_plain_http():
    browser = operator()
    browser.post(add_url(), new_client(browser, kind="browser", redirect_uris="http://localhost:5173/callback"))
    assert created().allowed_origins == "http://localhost:5173"
    form = {"grant_type": "authorization_code", "code": "x", "client_id": created().client_id}
    answer = post(browser, TOKEN, form, Origin="http://localhost:5173")
    assert answer["Access-Control-Allow-Origin"] == "http://localhost:5173"


def test_a_popup_closes_without_a_secret_that_nobody_would_see():
    browser = operator()
    response = browser.post(add_url(), new_client(browser, _popup="1"))
    assert response.status_code == 200
    assert not ClientSecret.objects.exists()


def test_the_form_asks_for_nothing_else():
    form = operator().get(add_url()).context["adminform"].form
    assert set(form.fields) == {"name", "kind", "redirect_uris", "allowed_origins", "scopes", "every_scope", "draft"}
