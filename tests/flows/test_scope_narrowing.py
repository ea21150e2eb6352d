"""A scope that cannot be had is left out at the front channel, and refused at the back one (RFC 6749 §3.3)."""

from typing import Any

import pytest

from oauth_provider.authorization import left_out
from oauth_provider.models import Authorization, ClientPolicy, Consent, PendingRequest
from oauth_provider.protocol.token_string import ACCESS_TOKEN, make_token
from oauth_provider.tokens.id_token import read_id_token
from tests import details, ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.settings import OAUTH_PROVIDER

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spec("RFC 6749", "3.3"),
    pytest.mark.spec("OIDC Core", "3.1.2.1"),
]

BOTH = ["authorization_code", "refresh_token"]


@pytest.fixture
def driver() -> Driver:
    scopes = ["openid", "email", "notes:read", "offline_access"]
    return signed_in(policy={"scopes": scopes, "grant_types": [*BOTH, "client_credentials"]})


def granted(driver: Driver, scope: str, **changes: Any) -> set[str]:
    """What the token answer says that was granted."""
    response = driver.redeem(driver.code(scope=scope, **changes))
    assert response.status_code == 200, response.content
    return set(response.json()["scope"].split())


def refused(driver: Driver, scope: str, **changes: Any) -> str:
    """What the client is told is wrong with the scope; nothing is left behind."""
    with ledger.unchanged():
        answer = query_of(driver.authorize(scope=scope, **changes)["Location"])
    assert (answer["error"], answer["state"]) == ("invalid_scope", "a state")
    return answer["error_description"]


@each("unwanted", ["groups", "photos:read", "groups photos:read", "NOTES:READ"])
def test_a_scope_that_is_unknown_or_not_the_clients_is_left_out(driver: Driver, unwanted: str) -> None:
    assert granted(driver, f"openid {unwanted} email") == {"openid", "email"}
    assert Authorization.objects.get().scope == "openid email"
    assert Consent.objects.get().entries["scopes"].keys() == {"openid", "email"}


def test_the_page_asks_only_for_what_can_be_had(driver: Driver, settings: Any) -> None:
    html = driver.browser.get(driver.authorize(scope="notes:read photos:read groups")["Location"]).content.decode()
    assert str(settings.OAUTH_PROVIDER["SCOPES"]["notes:read"]) in html
    assert str(settings.OAUTH_PROVIDER["SCOPES"]["photos:read"]) not in html
    assert "groups" not in html


def test_where_nothing_is_left_the_client_is_told_what_was_refused(driver: Driver) -> None:
    assert "groups photos:read" in refused(driver, "groups photos:read")


def test_what_was_left_out_is_not_agreed_to(driver: Driver) -> None:
    granted(driver, "notes:read photos:read")
    ClientPolicy.objects.update(scopes=None)
    assert driver.authorize(scope="notes:read photos:read")["Location"].startswith("/oauth/consent/")
    assert "code" in query_of(driver.authorize(scope="notes:read", prompt="none")["Location"])


def test_a_silent_answer_is_narrowed_as_well(driver: Driver) -> None:
    granted(driver, "openid email")
    answer = query_of(driver.authorize(scope="openid groups", prompt="none")["Location"])
    assert driver.redeem(answer["code"]).json()["scope"] == "openid"


def test_a_malformed_scope_is_refused_whatever_else_it_names(driver: Driver) -> None:
    for scope in ("openid  email", "openid ", " openid", 'openid "'):
        refused(driver, scope)


@pytest.mark.spec("RFC 9126", "2.1")
def test_a_pushed_request_is_narrowed_as_well(driver: Driver) -> None:
    response = driver.push(scope="openid groups photos:read")
    assert response.status_code == 201
    driver.decide(driver.open(response.json()["request_uri"])["Location"])
    assert Authorization.objects.get().scope == "openid"
    with ledger.unchanged():
        response = driver.push(scope="groups")
    ledger.refused(response, "invalid_scope")
    assert "groups" in response.json()["error_description"]


@pytest.mark.spec("RFC 6749", "4.4")
@pytest.mark.spec("RFC 6749", "6")
def test_at_the_back_channel_it_is_refused(driver: Driver) -> None:
    tokens = driver.redeem(driver.code(scope="openid notes:read groups")).json()
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], scope="openid groups"), "invalid_scope")
        form = {"grant_type": "client_credentials", "scope": "notes:read groups"}
        ledger.refused(driver.token(**form), "invalid_scope")
        ledger.refused(driver.token(**{**form, "scope": "notes:read photos:read"}), "invalid_scope")


@pytest.mark.spec("OIDC Core", "11")
@pytest.mark.parametrize(
    "policy", [{"scopes": ["openid", "notes:read"], "grant_types": BOTH}, {"grant_types": ["authorization_code"]}]
)
def test_offline_access_that_cannot_be_had_is_left_out(policy: dict[str, Any]) -> None:
    driver = signed_in(policy=policy)
    assert granted(driver, "openid notes:read offline_access") == {"openid", "notes:read"}
    assert "offline_access" in refused(driver, "offline_access")


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        ("groups", "there is no such scope."),
        ("notes:raed", "there is no such scope. Did you mean 'notes:read'?"),
        ("photos:read", "the client may not have it. Choose it on the client's page in the admin, if it should."),
    ],
)
def test_the_log_says_once_why_a_scope_is_left_out(
    driver: Driver, caplog: pytest.LogCaptureFixture, scope: str, reason: str
) -> None:
    for _time in range(2):
        driver.authorize(scope=f"openid {scope}")
    name = driver.application.client_id
    line = f"The client {name!r} goes without the scope {scope!r}: {reason}"
    assert [(one.levelname, one.getMessage()) for one in caplog.records if one.name.endswith(".authorization")] == [
        ("WARNING", line)
    ]


def test_the_log_says_that_offline_access_takes_refresh_tokens(caplog: pytest.LogCaptureFixture) -> None:
    signed_in(policy={"grant_types": ["authorization_code"]}).authorize(scope="openid offline_access")
    assert "'offline_access': no refresh token would come of this request." in caplog.text


@pytest.mark.spec("RFC 6819", "5.1.6")
def test_the_log_of_what_is_left_out_is_short_and_holds_no_token(
    driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    token = make_token(ACCESS_TOKEN)
    unknown = " ".join(str(number) + "x" * 99 for number in range(20))
    driver.authorize(scope=f"openid {token} {unknown}")
    lines = [one.getMessage() for one in caplog.records if one.name.endswith(".authorization")]
    assert len(lines) == left_out.MAX_AT_ONCE
    assert all(len(line) < 200 for line in lines)
    assert token not in caplog.text
    assert len(left_out.left_out_scopes._told) <= left_out.MAX_TOLD


@pytest.mark.spec("OIDC Core", "11")
def test_offline_access_that_can_be_had_is_granted(driver: Driver) -> None:
    assert granted(driver, "openid offline_access") == {"openid", "offline_access"}


@pytest.mark.spec("OIDC Core", "3.3.2.11")
def test_an_id_token_is_not_made_where_openid_is_left_out(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": ["code id_token"]}
    types = ["code", "code id_token"]
    driver = signed_in(policy={"scopes": ["notes:read"], "grant_types": BOTH, "response_types": types})
    changes = {"response_type": "code id_token", "nonce": "n", "scope": "openid notes:read"}
    with ledger.unchanged():
        location = driver.authorize(**changes)["Location"]
    assert "error=invalid_scope" in location
    assert granted(driver, "openid notes:read") == {"notes:read"}


@pytest.mark.spec("RFC 9396", "3")
def test_a_scope_of_which_nothing_is_left_is_refused_beside_details_too(settings: Any) -> None:
    details.register(settings)
    driver = signed_in(policy={"authorization_details_types": ["account"]})
    refused(driver, "groups", authorization_details=details.said(details.READ))


def test_what_is_left_out_is_not_kept_with_a_question(driver: Driver) -> None:
    page = driver.authorize(scope="notes:read photos:read")["Location"]
    ClientPolicy.objects.update(scopes=None)
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))
    assert PendingRequest.objects.count() == 1
    assert not Consent.objects.exists()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@each("nonce", ["é", "日本語", "naïve nonce", "\U0001f511"])
def test_a_nonce_in_any_script_comes_back_in_the_id_token(driver: Driver, nonce: str) -> None:
    tokens = driver.redeem(driver.code(scope="openid", nonce=nonce)).json()
    claims = read_id_token(tokens["id_token"], issuer="https://auth.example.com")
    assert claims is not None
    assert claims["nonce"] == nonce


@pytest.mark.spec("RFC 6819", "5.1.6")
def test_nobody_fills_the_log_by_asking_in_the_name_of_a_client(
    driver: Driver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed_in(policy={"scopes": ["openid"]})
    for number in range(30):
        driver.authorize(scope=f"openid made:up{number}")
    assert caplog.text.count("goes without") == left_out.MAX_OF_ONE
    other.authorize(scope="openid made:up0")
    assert caplog.text.count("goes without") == left_out.MAX_OF_ONE + 1
    monkeypatch.setattr(left_out, "MAX_TOLD", left_out.MAX_OF_ONE + 2)
    for number in range(1, 4):
        other.authorize(scope=f"openid made:up{number}")
    assert caplog.text.count("goes without") == left_out.MAX_TOLD
