"""The authorization endpoint (RFC 6749 §3.1, §4.1.1 and §4.1.2.1): every rule, every answer, and nothing beside."""

from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.test import override_settings

from oauth_provider.authorization.rules import RULES
from oauth_provider.authorization.ticket import Ticket, to_text
from oauth_provider.models import Authorization, ClientPolicy, PendingRequest
from tests import ledger
from tests.driver import AUTHORIZE, Driver, post, query_of, signed_in
from tests.factories import CALLBACK, ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.django_db

ISSUER = "https://auth.example.com"


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={})


def goes_back(response: Any, error: str, *, state: str | None = "a state", to: str = CALLBACK) -> None:
    """``response`` takes ``error`` to the client, with its state, our name, and no more."""
    assert response.status_code == 303
    location = response["Location"]
    assert location.startswith(to)
    answer = parse_qs(location.removeprefix(to).lstrip("?&"))
    assert set(answer) <= {"error", "error_description", "state", "iss"}
    assert answer["error"] == [error]
    assert answer["iss"] == [ISSUER]
    assert answer.get("state") == ([state] if state else None)
    assert answer.get("error_description", ["x"])[0].isascii()
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"


# Success


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_only_code_state_and_iss_reach_the_redirect_uri(driver: Driver) -> None:
    response = driver.decide(driver.authorize()["Location"])
    assert response.status_code == 303
    assert response["Location"].startswith(f"{CALLBACK}?")
    answer = query_of(response["Location"])
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a state", ISSUER)


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_no_state_is_sent_back_where_none_was_sent(driver: Driver) -> None:
    answer = query_of(driver.decide(driver.authorize(state=None)["Location"])["Location"])
    assert set(answer) == {"code", "iss"}


@pytest.mark.spec("RFC 6749", "4.1.1")
@pytest.mark.parametrize(
    "state",
    ["a" * 1000, "a&b=c#d?e%20f+g", "<script>alert(1)</script>", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "0", " "],
    ids=lambda state: state[:12],
)
def test_a_state_comes_back_as_it_was_sent(driver: Driver, state: str) -> None:
    assert query_of(driver.decide(driver.authorize(state=state)["Location"])["Location"])["state"] == state


@pytest.mark.spec("RFC 6749", "3.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"extra": "foobar"},
        {"nonce": None},
        {"nonce": "a" * 384},
        {"response_mode": "query"},
        {"response_mode": ""},
        {"display": "popup"},
        {"ui_locales": "xx-nope de"},
        {"scope": "notes:write notes:read"},
        {"scope": "notes:read notes:read"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"extra": "\x00"},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_what_nobody_knows_or_needs_is_no_obstacle(driver: Driver, changes: dict[str, Any]) -> None:
    assert driver.authorize(**changes)["Location"].startswith("/oauth/consent/")


@pytest.mark.spec("RFC 6749", "3.1")
def test_an_unknown_parameter_is_not_stored(driver: Driver) -> None:
    driver.authorize(extra="never kept", client_secret="slipped in")
    assert "never kept" not in ledger.text()
    assert "slipped in" not in ledger.text()


@pytest.mark.spec("RFC 6749", "3.1.2")
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_the_query_of_a_redirect_uri_is_kept(decision: str) -> None:
    driver = signed_in(redirect_uri=f"{CALLBACK}?tenant=a%20b&x=")
    location = driver.decide(driver.authorize()["Location"], decision)["Location"]
    assert location.startswith(f"{CALLBACK}?tenant=a%20b&x=&")
    assert ("code" if decision == "allow" else "error") in query_of(location)


@pytest.mark.spec("RFC 8252", "7.1")
@pytest.mark.parametrize("uri", ["com.example.app:/callback", "com.example.app://callback/path", "app:cb"])
def test_an_app_is_answered_at_its_own_scheme(uri: str) -> None:
    driver = signed_in(public=True, redirect_uri=uri)
    response = driver.decide(driver.authorize()["Location"])
    assert response.status_code == 303
    assert response["Location"].startswith(f"{uri}?code=")
    assert driver.redeem(query_of(response["Location"])["code"]).status_code == 200


@pytest.mark.spec("RFC 8252", "7.3")
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_native_app_is_answered_at_whichever_port_it_listens_on(host: str) -> None:
    driver = signed_in(public=True, redirect_uri=f"http://{host}/callback")
    driver.redirect_uri = f"http://{host}:49152/callback"
    assert driver.decide(driver.authorize()["Location"])["Location"].startswith(f"http://{host}:49152/callback?code=")


# What is told to the person, since nobody knows where else it might go


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "nobody"},
        {"client_id": "a" * 5000},
        {"client_id": "\x00"},
        {"client_id": "é"},
        {"client_id": "\u202e"},
        {"client_id": "client\r\nSet-Cookie: x=1"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": f"{CALLBACK}#f"},
        {"redirect_uri": "https://evil.example.com/callback"},
        {"redirect_uri": "http://app.example.com/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "//app.example.com/callback"},
        {"redirect_uri": f"{CALLBACK}\r\nSet-Cookie: x=1"},
        {"redirect_uri": "\x00"},
    ],
    ids=lambda changes: str(changes)[:50],
)
def test_what_leaves_open_who_is_answered_is_a_page(driver: Driver, changes: dict[str, Any]) -> None:
    with ledger.unchanged():
        response = driver.authorize(**changes)
    ledger.is_error_page(response)
    assert "Set-Cookie" not in response
    assert CALLBACK not in response.content.decode()


@pytest.mark.spec("RFC 6749", "3.1")
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
@pytest.mark.parametrize("value", [None, "https://evil.example.com/", ""])
def test_a_repeated_identifier_is_a_page(driver: Driver, name: str, value: str | None) -> None:
    request = driver.request()
    pairs = [*request.items(), (name, request[name] if value is None else value)]
    for order in (pairs, pairs[::-1]):
        with ledger.unchanged():
            ledger.is_error_page(driver.browser.get(f"{AUTHORIZE}?{urlencode(order)}"))


@pytest.mark.spec("RFC 6749", "3.1.2.3")
@pytest.mark.parametrize("registered", ["", f"{CALLBACK} https://app.example.com/other", "javascript:alert(1)"])
def test_a_redirect_uri_may_be_left_out_only_where_one_usable_is_registered(registered: str) -> None:
    driver = signed_in(redirect_uri=registered)
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(redirect_uri=None))


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_redirect_uri_is_not_left_out_by_a_request_of_openid_connect(driver: Driver) -> None:
    assert driver.authorize(redirect_uri=None)["Location"].startswith("/oauth/consent/")
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(redirect_uri=None, scope="openid notes:read"))


@pytest.mark.spec("RFC 9700", "2.6")
@pytest.mark.parametrize("uri", ["http://app.example.com/callback", "http://127.0.0.2/cb", "http://10.0.0.1/cb"])
@pytest.mark.parametrize("explicit", [True, False])
def test_no_code_goes_over_plain_http_to_another_machine(uri: str, explicit: bool) -> None:
    driver = signed_in(redirect_uri=uri)
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(redirect_uri=uri if explicit else None))


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_a_suspended_client_looks_like_none(driver: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        suspended, unknown = driver.authorize(), driver.authorize(client_id="nobody")
    for response in (suspended, unknown):
        ledger.is_error_page(response)
        assert "The application is not known here." in response.content.decode()


@pytest.mark.spec("RFC 9700", "4.11.2")
@pytest.mark.parametrize("changes", [{"scope": "nothing:here"}, {"response_type": "token"}, {"code_challenge": None}])
def test_an_unapproved_client_cannot_redirect_anybody_before_it_was_asked_about(changes: dict[str, Any]) -> None:
    driver = signed_in(name="Upstart <b>", policy={"status": "unapproved"})
    with ledger.unchanged():
        response = driver.authorize(**changes)
    assert response.status_code == 400
    assert not response.has_header("Location")
    page = response.content.decode()
    assert "Upstart &lt;b&gt;" in page
    assert f'href="{CALLBACK}?error=' in page


@pytest.mark.spec("RFC 9700", "4.11.2")
@pytest.mark.parametrize(("decision", "member"), [("allow", "code"), ("deny", "error")])
def test_an_unapproved_client_is_answered_once_somebody_was_asked(decision: str, member: str) -> None:
    driver = signed_in(policy={"status": "unapproved"})
    assert member in query_of(driver.decide(driver.authorize()["Location"], decision)["Location"])


# What goes back to the client

REFUSALS = [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": ""}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_type": "id_token"}, "unsupported_response_type"),
    ({"response_type": "none"}, "unsupported_response_type"),
    ({"response_type": "CODE"}, "unsupported_response_type"),
    ({"response_type": "code code"}, "unsupported_response_type"),
    ({"response_mode": "web_message"}, "invalid_request"),
    ({"response_mode": "web_message"}, "invalid_request"),
    ({"prompt": "nonsense"}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "create"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"response_mode": "nonsense"}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "a" * 42}, "invalid_request"),
    ({"code_challenge": "a" * 44}, "invalid_request"),
    ({"code_challenge": "a" * 42 + "="}, "invalid_request"),
    ({"scope": None}, "invalid_scope"),
    ({"scope": ""}, "invalid_scope"),
    ({"scope": "nothing:here"}, "invalid_scope"),
    ({"scope": "nothing:here nothing:there"}, "invalid_scope"),
    ({"scope": 'notes:read"'}, "invalid_scope"),
    ({"scope": "notes:read  notes:write"}, "invalid_scope"),
    ({"scope": "notes:other"}, "invalid_scope"),
    ({"resource": "https://api.example.com"}, "invalid_target"),
    ({"resource": "nonsense"}, "invalid_target"),
    ({"request": "e30.e30."}, "invalid_request_object"),
    ({"request_uri": "https://app.example.com/request"}, "request_uri_not_supported"),
    ({"request_uri": "urn:example:request_uri:guess"}, "request_uri_not_supported"),
    ({"registration": "{}"}, "registration_not_supported"),
    ({"claims": "nonsense"}, "invalid_request"),
    ({"claims": '{"userinfo": {"name": true}}'}, "invalid_request"),
    ({"nonce": "\u202e"}, "invalid_request"),
    ({"nonce": "\x00"}, "invalid_request"),
    ({"scope": "notes:read\x00"}, "invalid_request"),
    ({"code_challenge": "é" * 43}, "invalid_request"),
]


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.parametrize(("changes", "error"), REFUSALS, ids=lambda value: str(value)[:50])
def test_a_broken_rule_goes_back_to_the_client_and_leaves_nothing(
    driver: Driver, changes: dict[str, Any], error: str
) -> None:
    with ledger.unchanged():
        goes_back(driver.authorize(**changes), error)


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.parametrize(("changes", "error"), REFUSALS[::5], ids=lambda value: str(value)[:50])
def test_a_broken_rule_is_told_before_anybody_has_to_sign_in(
    driver: Driver, changes: dict[str, Any], error: str
) -> None:
    driver.browser = Browser()
    goes_back(driver.authorize(**changes), error)


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.parametrize("redirect_uri", ["com.example.app:/cb", f"{CALLBACK}?tenant=1"])
def test_an_error_goes_to_any_redirect_uri_there_is(redirect_uri: str) -> None:
    goes_back(signed_in(redirect_uri=redirect_uri).authorize(scope="nothing:here"), "invalid_scope", to=redirect_uri)


@pytest.mark.spec("RFC 6749", "A")
@pytest.mark.parametrize("state", ["é", "日本", "\u202e"], ids=ascii)
def test_a_state_that_is_not_printable_ascii_is_refused_and_sent_back(driver: Driver, state: str) -> None:
    with ledger.unchanged():
        response = driver.authorize(state=state)
    assert response["Location"].isascii()
    goes_back(response, "invalid_request", state=state)


@pytest.mark.spec("RFC 6749", "A")
def test_a_refused_state_comes_back_as_text_in_a_form_that_is_posted(driver: Driver) -> None:
    state = 'é"><script>alert(1)</script>'
    with ledger.unchanged():
        html = driver.authorize(state=state, response_mode="form_post").content.decode()
    assert "<script>alert" not in html
    assert 'name="state" value="é&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in html


@pytest.mark.spec("RFC 6749", "A")
@pytest.mark.parametrize("state", ["a\x00", "a\r\nSet-Cookie: x=1", "\t", "\x7f", "\x85"], ids=ascii)
def test_a_state_with_control_characters_is_refused_and_not_sent_back(driver: Driver, state: str) -> None:
    with ledger.unchanged():
        response = driver.authorize(state=state)
    goes_back(response, "invalid_request", state=None)
    assert "Set-Cookie" not in response


@pytest.mark.spec("RFC 6749", "3.1")
@pytest.mark.parametrize(
    "name", ["response_type", "scope", "state", "code_challenge", "code_challenge_method", "nonce"]
)
def test_a_repeated_parameter_is_refused_even_with_equal_values(driver: Driver, name: str) -> None:
    value = driver.request(nonce="n")[name]
    query = urlencode([*driver.request(nonce="n").items(), (name, value)])
    with ledger.unchanged():
        response = driver.browser.get(f"{AUTHORIZE}?{query}")
    goes_back(response, "invalid_request", state=None if name == "state" else "a state")


@pytest.mark.spec("RFC 6749", "3.1")
def test_a_repeated_parameter_that_nobody_knows_is_ignored(driver: Driver) -> None:
    query = urlencode([*driver.request().items(), ("x", "1"), ("x", "2"), ("audience", "a"), ("audience", "a")])
    page = driver.browser.get(f"{AUTHORIZE}?{query}")["Location"]
    assert set(query_of(driver.decide(page)["Location"])) == {"code", "state", "iss"}


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.parametrize("grant_types", [[], ["client_credentials"], ["refresh_token"]])
def test_a_client_without_the_grant_is_unauthorized(grant_types: list[str]) -> None:
    driver = signed_in(policy={"grant_types": grant_types})
    with ledger.unchanged():
        goes_back(driver.authorize(), "unauthorized_client")


@pytest.mark.spec("RFC 9700", "2.1.2")
@pytest.mark.parametrize("grant", ["implicit", "password"])
def test_a_client_that_dot_registered_for_a_legacy_grant_gets_no_code(grant: str) -> None:
    driver = signed_in(authorization_grant_type=grant)
    with ledger.unchanged():
        goes_back(driver.authorize(), "unauthorized_client")


@pytest.mark.spec("RFC 6749", "3.3")
def test_a_client_gets_only_what_its_policy_lists() -> None:
    driver = signed_in(policy={"scopes": ["notes:read"]})
    with ledger.unchanged():
        goes_back(driver.authorize(scope="notes:write"), "invalid_scope")
    assert driver.redeem(driver.code(scope="notes:write notes:read")).json()["scope"] == "notes:read"


@pytest.mark.spec("RFC 6749", "3.3")
def test_no_scope_asks_for_the_default_ones(driver: Driver) -> None:
    with override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, "DEFAULT_SCOPES": ["notes:read"]}):
        driver.code(scope=None)
    assert Authorization.objects.get().scope == "notes:read"


def test_every_rule_is_broken_by_some_test_here_or_of_pushed_requests_or_legacy_types() -> None:
    names = {rule.__name__ for rule, _sources in RULES}
    assert names == {
        "check_single", "check_text", "check_not_nested", "check_request_object", "check_pushed", "check_signed",
        "check_response_type", "check_response_mode", "check_grant_type", "check_pkce", "check_claims", "check_prompt",
        "check_max_age", "check_id_token", "check_authorization_details",
    }  # fmt: skip


# Before the login


@pytest.mark.spec("RFC 6749", "3.1")
def test_the_login_redirect_writes_nothing(driver: Driver) -> None:
    driver.browser = Browser()
    sessions = Session.objects.count()
    with ledger.unchanged():
        response = driver.authorize()
    assert response.status_code == 303
    assert urlsplit(response["Location"]).path == "/accounts/login/"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert Session.objects.count() == sessions


@pytest.mark.spec("RFC 6749", "3.1")
def test_after_the_login_the_request_goes_on_as_it_was(driver: Driver) -> None:
    driver.browser = Browser()
    user = UserFactory()
    login = driver.authorize(nonce="n")["Location"]
    response = driver.browser.post(login, {"username": user.get_username(), "password": "correct horse"})
    resumed = driver.browser.get(response["Location"])
    assert resumed["Location"].startswith("/oauth/consent/")
    answer = query_of(driver.decide(resumed["Location"])["Location"])
    assert answer["state"] == "a state"
    assert driver.redeem(answer["code"]).status_code == 200
    assert Authorization.objects.get().nonce == "n"


@pytest.mark.spec("RFC 9700", "4.11")
def test_the_way_back_from_the_login_is_a_path_of_ours(driver: Driver) -> None:
    driver.browser = Browser()
    way_back = query_of(driver.authorize()["Location"])["next"]
    assert way_back.startswith(f"{AUTHORIZE}?ticket=")
    assert "://" not in way_back


def ticket_of(driver: Driver) -> str:
    """A ticket as the login page is given one."""
    location = Driver(driver.application, code_verifier=driver.code_verifier).authorize()["Location"]
    return query_of(query_of(location)["next"])["ticket"]


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_ticket_says_the_whole_request(driver: Driver) -> None:
    response = driver.browser.get(AUTHORIZE, {"ticket": ticket_of(driver)})
    assert response["Location"].startswith("/oauth/consent/")


TAMPERING = {
    "cut at the end": lambda ticket: ticket[:-1],
    "cut at the start": lambda ticket: ticket[1:],
    "one character changed": lambda ticket: ticket[:9] + ("a" if ticket[9] != "a" else "b") + ticket[10:],
    "without a signature": lambda ticket: ticket.split(":")[0],
    "another signature": lambda ticket: ticket[:-5] + "AAAAA",
    "another date": lambda ticket: ":".join([ticket.split(":")[0], "zzzzzz", ticket.split(":")[2]]),
    "nonsense": lambda ticket: "nonsense",
    "no ascii": lambda ticket: "é:é:é",
    "NUL": lambda ticket: "\x00",
    "very long": lambda ticket: "a" * 50_000,
}


@pytest.mark.spec("RFC 9700", "4.7")
@pytest.mark.parametrize("tamper", TAMPERING.values(), ids=TAMPERING)
def test_a_ticket_that_was_tampered_with_is_a_page(driver: Driver, tamper: Any) -> None:
    ticket = tamper(ticket_of(driver))
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": ticket}))


@pytest.mark.spec("RFC 9700", "4.7")
@pytest.mark.parametrize(("after", "status"), [(3590, 303), (3601, 400)])
def test_a_ticket_waits_for_an_hour(driver: Driver, after: int, status: int) -> None:
    ticket = ticket_of(driver)
    with ledger.later(after):
        assert driver.browser.get(AUTHORIZE, {"ticket": ticket}).status_code == status


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_ticket_stands_alone_and_beside_anything_it_is_a_parameter_that_nobody_knows(driver: Driver) -> None:
    ticket = ticket_of(driver)
    with ledger.unchanged():
        query = {"ticket": ticket, "redirect_uri": "https://evil.example.com/", "scope": "photos:read"}
        ledger.is_error_page(driver.browser.get(AUTHORIZE, query))
    driver.decide(driver.authorize(scope="notes:read", ticket=ticket)["Location"])
    assert Authorization.objects.get().scope == "notes:read"


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_ticket_is_judged_anew(driver: Driver) -> None:
    ticket = ticket_of(driver)
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": ticket}))


@pytest.mark.spec("RFC 9700", "4.7")
def test_another_signature_of_ours_is_no_ticket(driver: Driver) -> None:
    from django.core import signing

    pairs = list(driver.request().items())
    for forged in (signing.dumps(pairs), signing.dumps(pairs, salt="another"), signing.dumps(pairs, key="another")):
        with ledger.unchanged():
            ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": forged}))


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_user_who_may_not_sign_in_any_more_is_asked_to(driver: Driver) -> None:
    get_user_model().objects.update(is_active=False)
    with ledger.unchanged():
        response = driver.authorize()
    assert urlsplit(response["Location"]).path == "/accounts/login/"


# POST


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_cross_site_post_goes_on_as_a_get_of_ours(driver: Driver) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    response = post(browser, AUTHORIZE, driver.request(), Origin="https://app.example.com")
    assert response.status_code == 303
    assert response["Location"].startswith(f"{AUTHORIZE}?ticket=")
    assert response["Cache-Control"] == "no-store"
    page = browser.get(response["Location"])["Location"]
    assert page.startswith("/oauth/consent/")
    assert "code" in query_of(driver.decide(page)["Location"])


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_what_a_post_asks_is_judged_as_a_get_is(driver: Driver) -> None:
    response = post(driver.browser, AUTHORIZE, driver.request(scope="nothing:here"))
    goes_back(driver.browser.get(response["Location"]), "invalid_scope")
    response = post(driver.browser, AUTHORIZE, driver.request(client_id="nobody"))
    ledger.is_error_page(driver.browser.get(response["Location"]))


@pytest.mark.spec("RFC 6749", "3.1")
def test_the_query_of_a_post_does_not_count(driver: Driver) -> None:
    response = post(driver.browser, f"{AUTHORIZE}?{urlencode(driver.request())}", {"client_id": "nobody"})
    ledger.is_error_page(driver.browser.get(response["Location"]))


@pytest.mark.spec("RFC 6749", "3.1")
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (b"a=1", "text/plain", 400),
        (b"a=%ff\xff", "application/x-www-form-urlencoded", 400),
        (b"a=" + b"a" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"a=" + b"a" * 100_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"p%d=1" % number for number in range(101)), "application/x-www-form-urlencoded", 400),
    ],
    ids=["json", "multipart", "text", "no utf-8", "long", "very long", "many"],
)
def test_a_post_that_is_no_form_is_a_page(driver: Driver, body: bytes, content_type: str, status: int) -> None:
    with ledger.unchanged():
        response = driver.browser.generic("POST", AUTHORIZE, body, content_type=content_type)
    ledger.is_error_page(response, status=status)


# Bad text in the query itself


@pytest.mark.spec("RFC 6749", "A")
@pytest.mark.parametrize("raw", ["%ff", "%00", "%0d%0a", "%ed%a0%80", "%c0%80", "%e2%80%ae"])
@pytest.mark.parametrize("name", ["state", "scope", "nonce", "code_challenge", "response_type", "request_uri"])
def test_bad_text_in_a_parameter_goes_back_and_leaves_nothing(driver: Driver, name: str, raw: str) -> None:
    query = "&".join([*(f"{k}={quote(v)}" for k, v in driver.request(**{name: None}).items()), f"{name}={raw}"])
    with ledger.unchanged():
        response = driver.browser.get(f"{AUTHORIZE}?{query}")
    can_be_sent_back = raw == "%e2%80%ae"
    state = "a state" if name != "state" else "\u202e" if can_be_sent_back else None
    goes_back(response, "invalid_request", state=state)


@pytest.mark.spec("RFC 6749", "A")
@pytest.mark.parametrize("raw", ["%ff", "%00", "%0d%0a", "%ed%a0%80"])
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_bad_text_in_an_identifier_is_a_page(driver: Driver, name: str, raw: str) -> None:
    query = "&".join([*(f"{k}={quote(v)}" for k, v in driver.request(**{name: None}).items()), f"{name}={raw}"])
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(f"{AUTHORIZE}?{query}"))


@pytest.mark.spec("RFC 6819", "4.4.1.11")
@pytest.mark.parametrize(("name", "value"), [("state", "a" * 20_000), ("scope", "a " * 20_000), ("x", "a" * 100_000)])
def test_a_request_that_is_too_long_is_a_page(driver: Driver, name: str, value: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(**{name: value}), status=413)


@pytest.mark.spec("RFC 6819", "4.4.1.11")
def test_too_many_parameters_are_a_page(driver: Driver) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(**{f"p{number}": "1" for number in range(101)}))


@pytest.mark.spec("RFC 9700", "4.7")
def test_a_bad_pair_in_a_ticket_of_ours_is_refused_like_in_a_query(driver: Driver) -> None:
    from oauth_provider.authorization.request import from_pairs

    ticket = to_text(Ticket(from_pairs([*driver.request(state=None).items(), ("state", "\udcff")])))
    goes_back(driver.browser.get(AUTHORIZE, {"ticket": ticket}), "invalid_request", state=None)
    assert PendingRequest.objects.count() == 0


@pytest.mark.spec("RFC 6749", "3.1.2")
def test_two_registered_redirect_uris_are_told_apart(driver: Driver) -> None:
    application = ApplicationFactory(redirect_uris=f"{CALLBACK} https://app.example.com/other")
    other = Driver(application, browser=driver.browser, redirect_uri="https://app.example.com/other")
    location = other.decide(other.authorize()["Location"])["Location"]
    assert location.startswith("https://app.example.com/other?code=")
    with ledger.unchanged():
        ledger.refused(other.redeem(query_of(location)["code"], redirect_uri=CALLBACK), "invalid_grant")
