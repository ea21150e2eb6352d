"""The rules of an authorization request (RFC 6749 §4.1.1 and §4.1.2.1): what breaks one goes back to the client."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser
from django.test import override_settings

from oauth_provider.authorization.rules import RULES
from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import AUTHORIZE, Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK
from tests.flows.authorize.answers import goes_back
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.django_db

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
@each(("changes", "error"), REFUSALS, ids=lambda value: str(value)[:50])
def test_a_broken_rule_goes_back_to_the_client_and_leaves_nothing(
    driver: Driver, changes: dict[str, Any], error: str
) -> None:
    with ledger.unchanged():
        goes_back(driver.authorize(**changes), error)


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@each(("changes", "error"), REFUSALS[::5], ids=lambda value: str(value)[:50])
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
@each("state", ["é", "日本", "\u202e"], ids=ascii)
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
@each("state", ["a\x00", "a\r\nSet-Cookie: x=1", "\t", "\x7f", "\x85"], ids=ascii)
def test_a_state_with_control_characters_is_refused_and_not_sent_back(driver: Driver, state: str) -> None:
    with ledger.unchanged():
        response = driver.authorize(state=state)
    goes_back(response, "invalid_request", state=None)
    assert "Set-Cookie" not in response


@pytest.mark.spec("RFC 6749", "3.1")
@each("name", ["response_type", "scope", "state", "code_challenge", "code_challenge_method", "nonce"])
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
@each("grant_types", [[], ["client_credentials"], ["refresh_token"]])
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
