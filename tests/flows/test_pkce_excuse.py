"""A client that is excused from PKCE for a while (OAuth 2.1 §7.5.1): which one, for which requests, and until when."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.models import Authorization, ClientPolicy
from tests import ledger
from tests.driver import Driver, post, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OAuth 2.1", "7.5.1")]

WITHOUT = {"code_challenge": None, "code_challenge_method": None}
NONCE = "n-0S6_WzA2Mj"


def today() -> date:
    return timezone.now().date()


def excused(**options: Any) -> Driver:
    policy = {"pkce_excused_until": today(), **options.pop("policy", {})}
    driver = signed_in(policy=policy, **options)
    driver.scope = "openid notes:read"
    return driver


@pytest.fixture
def driver() -> Driver:
    return excused()


def code_of(driver: Driver, **changes: Any) -> str:
    return driver.code(**{**WITHOUT, "nonce": NONCE, **changes})


def error_of(driver: Driver, **changes: Any) -> str:
    """The error of a request that leaves nothing behind."""
    with ledger.unchanged():
        answer = query_of(driver.authorize(**{**WITHOUT, "nonce": NONCE, **changes})["Location"])
    assert "code" not in answer
    return answer["error"]


def test_it_gets_its_tokens_with_its_nonce_in_the_id_token(driver: Driver) -> None:
    response = driver.redeem(code_of(driver), code_verifier=None)
    assert response.status_code == 200
    assert "id_token" in response.json()


def test_it_may_push_its_request(driver: Driver) -> None:
    pushed = driver.push(**WITHOUT, nonce=NONCE).json()
    page = driver.open(pushed["request_uri"])["Location"]
    code = query_of(driver.decide(page)["Location"])["code"]
    assert driver.redeem(code, code_verifier=None).status_code == 200


@each(
    "changes",
    [
        {"nonce": None},
        {"nonce": ""},
        {"scope": "notes:read"},
        {"scope": "notes:read", "nonce": None},
        {"code_challenge_method": "S256"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "a" * 42},
        {"code_challenge": "a" * 43},
        {"code_challenge": "a" * 43, "code_challenge_method": "plain"},
    ],
    ids=str,
)
def test_without_nonce_or_openid_or_with_half_a_challenge_it_is_refused(
    driver: Driver, changes: dict[str, Any]
) -> None:
    assert error_of(driver, **changes) == "invalid_request"
    with ledger.unchanged():
        ledger.refused(driver.push(**{**WITHOUT, "nonce": NONCE, **changes}), "invalid_request")


def test_nobody_else_is_excused() -> None:
    excused()
    other = signed_in(policy={})
    other.scope = "openid notes:read"
    assert error_of(other) == "invalid_request"


def test_a_public_client_never_is_whatever_its_policy_says() -> None:
    assert error_of(excused(public=True)) == "invalid_request"


def test_the_excuse_ends_with_its_last_day() -> None:
    assert error_of(excused(policy={"pkce_excused_until": today() - timedelta(days=1)})) == "invalid_request"


def test_a_code_outlives_no_excuse(driver: Driver) -> None:
    code = code_of(driver)
    ClientPolicy.objects.update(pkce_excused_until=None)
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=None), "invalid_grant")


def test_nor_a_client_that_is_public_by_now(driver: Driver) -> None:
    code = code_of(driver)
    driver.application.client_type, driver.application.secret = "public", ""
    driver.application.save(update_fields=["client_type"])
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=None), "invalid_grant")


@pytest.mark.parametrize(
    "unbind",
    [
        lambda: ClientPolicy.objects.update(scopes=["notes:read"]),
        lambda: Authorization.objects.update(nonce=""),
    ],
    ids=["no ID token", "no nonce"],
)
def test_what_binds_the_code_must_still_be_due(driver: Driver, unbind: Any) -> None:
    code = code_of(driver)
    unbind()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=None), "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3")
@each("redirect_uri", [None, "", "https://app.example.com/other"])
def test_its_redirect_uri_is_not_left_out(driver: Driver, redirect_uri: str | None) -> None:
    code = code_of(driver)
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=None, redirect_uri=redirect_uri), "invalid_grant")
    assert driver.redeem(code, code_verifier=None).status_code == 200


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_its_code_serves_once(driver: Driver) -> None:
    code = code_of(driver)
    token = driver.redeem(code, code_verifier=None).json()["access_token"]
    ledger.refused(driver.redeem(code, code_verifier=None), "invalid_grant")
    assert not ledger.is_good(token)
    assert Authorization.objects.get().revoked_reason == "code_replay"


def test_where_it_sends_a_challenge_it_is_held_to_it(driver: Driver) -> None:
    code = driver.code(nonce=NONCE)
    for presented in (None, "", "a" * 43):
        with ledger.unchanged():
            ledger.refused(driver.redeem(code, code_verifier=presented), "invalid_grant")
    assert driver.redeem(code).status_code == 200


@pytest.mark.spec("RFC 9700", "4.8.2")
def test_a_verifier_for_a_code_whose_challenge_was_stripped_on_the_way_is_refused(driver: Driver) -> None:
    """The client sent a challenge; an attacker took it out of the request, and injects the code."""
    code = code_of(driver)
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")
    assert Authorization.objects.get().redeemed_at is None


@pytest.mark.spec("RFC 9700", "4.5")
def test_another_clients_credentials_open_nothing(driver: Driver) -> None:
    code, thief = code_of(driver), excused()
    with ledger.unchanged():
        ledger.refused(thief.redeem(code, code_verifier=None), "invalid_grant")
        unproven = {"grant_type": "authorization_code", "code": code, "client_id": driver.application.client_id}
        ledger.refused(post(driver.browser, "/oauth/token", unproven), "invalid_client", status=401)
    assert driver.redeem(code, code_verifier=None).status_code == 200


def test_the_metadata_still_asks_for_s256(driver: Driver) -> None:
    document = driver.browser.get("/.well-known/openid-configuration").json()
    assert document["code_challenge_methods_supported"] == ["S256"]
