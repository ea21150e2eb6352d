"""The authorization code flow, from the consent page to the tokens (RFC 6749 §4.1)."""

from typing import Any

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.pkce import s256
from oauth_provider.protocol.token_string import ACCESS_TOKEN, CODE, checksum, is_token, parse_refresh_token
from oauth_provider.tokens.ending import revoke_authorizations
from tests import ledger
from tests.driver import Driver, signed_in, verifier
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory
from tests.overrides import setting

pytestmark = pytest.mark.django_db

# Well made, and nobody's.
UNKNOWN = CODE + "a" * 43 + checksum(CODE + "a" * 43)


@pytest.fixture
def driver() -> Driver:
    return signed_in()


@pytest.mark.spec("RFC 6749", "4.1.4")
def test_a_code_is_redeemed_for_tokens(driver: Driver) -> None:
    response = driver.redeem(driver.code())
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert set(response.json()) == {
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "refresh_token",
        "refresh_token_expires_in",
    }


@pytest.mark.spec("RFC 6749", "5.1")
def test_the_tokens_are_ours_and_good_for_what_was_agreed(driver: Driver) -> None:
    tokens = driver.tokens()
    assert is_token(tokens["access_token"], ACCESS_TOKEN)
    assert parse_refresh_token(tokens["refresh_token"])
    assert (tokens["token_type"], tokens["scope"], tokens["expires_in"]) == ("Bearer", "notes:read notes:write", 3600)
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_code_says_nothing_and_is_kept_as_a_digest(driver: Driver) -> None:
    code = driver.code()
    assert is_token(code, CODE)
    assert Authorization.objects.get().code_digest == digest(code)
    assert code not in ledger.text()


@pytest.mark.spec("OAuth 2.1", "10.2")
def test_the_redirect_uri_may_be_left_out_at_the_token_endpoint(driver: Driver) -> None:
    assert driver.redeem(driver.code(), redirect_uri=None).status_code == 200


@pytest.mark.spec("RFC 8252", "7.3")
def test_a_native_app_redeems_a_code_that_went_to_the_port_it_listens_on() -> None:
    native = signed_in(public=True, redirect_uri="http://127.0.0.1/callback")
    native.redirect_uri = "http://127.0.0.1:49152/callback"
    code = native.code()
    with ledger.unchanged():
        ledger.refused(native.redeem(code, redirect_uri="http://127.0.0.1/callback"), "invalid_grant")
    assert native.redeem(code).status_code == 200


@pytest.mark.spec("RFC 6749", "4.1.3")
@each(
    ("form", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "Authorization_Code"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code "}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"code": None}, "invalid_request"),
        ({"code": ""}, "invalid_request"),
        ({"code": "x"}, "invalid_grant"),
        ({"code": UNKNOWN}, "invalid_grant"),
        ({"code": UNKNOWN.replace(CODE, ACCESS_TOKEN)}, "invalid_grant"),
        ({"code": "é\u202e"}, "invalid_grant"),
        ({"code": "a" * 50_000}, "invalid_grant"),
        ({"redirect_uri": f"{CALLBACK}/"}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example.com/callback"}, "invalid_grant"),
        ({"redirect_uri": CALLBACK.upper()}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"code_verifier": "a" * 42}, "invalid_grant"),
        ({"code_verifier": "a" * 43}, "invalid_grant"),
        ({"code_verifier": "a" * 129}, "invalid_grant"),
        ({"code_verifier": "é" * 43}, "invalid_grant"),
        ({"resource": "https://api.example.com"}, "invalid_target"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(f"{k}={str(v)[:20]}" for k, v in value.items()),
)
def test_a_refused_exchange_leaves_the_code_to_its_owner(driver: Driver, form: dict[str, Any], error: str) -> None:
    code = driver.code()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, **form), error)
    assert driver.redeem(code).status_code == 200


@pytest.mark.spec("RFC 7636", "4.6")
def test_the_challenge_is_no_verifier(driver: Driver) -> None:
    code = driver.code()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, code_verifier=s256(driver.code_verifier)), "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3")
@pytest.mark.parametrize("kind", [{}, {"public": True}])
def test_a_code_is_bound_to_its_client(driver: Driver, kind: dict[str, Any]) -> None:
    code = driver.code()
    other = Driver(ApplicationFactory(**kind), code_verifier=driver.code_verifier)
    with ledger.unchanged():
        ledger.refused(other.redeem(code), "invalid_grant")
    assert driver.redeem(code).status_code == 200


@pytest.mark.spec("RFC 6749", "4.1.2")
@each(("lifetime", "after", "status"), [(60, 58, 200), (60, 61, 400), (5, 4, 200), (5, 6, 400)])
def test_a_code_lives_as_long_as_the_setting_says(driver: Driver, lifetime: int, after: int, status: int) -> None:
    with setting(AUTHORIZATION_CODE_LIFETIME=lifetime):
        code = driver.code()
        with ledger.later(after):
            assert driver.redeem(code).status_code == status


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_an_expired_code_changes_nothing(driver: Driver) -> None:
    code = driver.code()
    with ledger.later(62), ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_code_of_a_user_who_may_not_sign_in_any_more_is_refused(driver: Driver) -> None:
    code = driver.code()
    user = Authorization.objects.get().user
    user.is_active = False
    user.save()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_code_of_a_user_who_was_deleted_is_refused(driver: Driver) -> None:
    code = driver.code()
    Authorization.objects.get().user.delete()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_code_whose_authorization_was_revoked_is_refused(driver: Driver) -> None:
    code = driver.code()
    revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")


@pytest.mark.spec("RFC 6749", "5.2")
@each(
    ("change", "error", "status"),
    [
        ({"status": ClientPolicy.Status.SUSPENDED}, "invalid_client", 401),
        ({"grant_types": ["client_credentials"]}, "unauthorized_client", 400),
        ({"grant_types": []}, "unauthorized_client", 400),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client", 401),
    ],
)
def test_a_client_that_lost_its_right_after_the_code_gets_nothing(
    change: dict[str, Any], error: str, status: int
) -> None:
    driver = signed_in(policy={})
    code = driver.code()
    ClientPolicy.objects.update(**change)
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), error, status)


@pytest.mark.spec("RFC 7636", "4.6")
def test_each_sign_in_has_its_own_challenge(driver: Driver) -> None:
    first, first_verifier = driver.code(), driver.code_verifier
    driver.code_verifier = verifier()
    second = driver.code()
    with ledger.unchanged():
        ledger.refused(driver.redeem(second, code_verifier=first_verifier), "invalid_grant")
        ledger.refused(driver.redeem(first), "invalid_grant")
    assert driver.redeem(first, code_verifier=first_verifier).status_code == 200


@pytest.mark.spec("RFC 6749", "1.5")
def test_a_client_without_the_refresh_grant_gets_no_refresh_token_and_its_sign_in_ends_with_the_access_token() -> None:
    driver = signed_in(policy={"grant_types": ["authorization_code"]})
    tokens = driver.tokens()
    assert "refresh_token" not in tokens
    authorization = Authorization.objects.get()
    assert authorization.expires_at == access_token_model().objects.get().expires
    assert (authorization.family_digest, authorization.refresh_token_digest) == (None, "")


@pytest.mark.spec("RFC 6749", "4.2.2")
@each(("own", "most", "seconds"), [(None, 600, 600), (60, 600, 60), (6000, 600, 600), (None, 86400, 86400)])
def test_a_policy_can_only_shorten_the_life_of_an_access_token(own: int | None, most: int, seconds: int) -> None:
    driver = signed_in(policy={"access_token_lifetime": own})
    with setting(ACCESS_TOKEN_LIFETIME=most):
        assert driver.tokens()["expires_in"] == seconds


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_no_access_token_outlives_its_authorization(driver: Driver) -> None:
    with setting(AUTHORIZATION_LIFETIME=120):
        assert 115 <= driver.tokens()["expires_in"] <= 120
    assert access_token_model().objects.get().expires <= Authorization.objects.get().expires_at


@pytest.mark.spec("RFC 6749", "4.1")
def test_one_row_is_the_whole_of_a_sign_in(driver: Driver) -> None:
    tokens = driver.tokens()
    row = Authorization.objects.get()
    assert row.redeemed_at is not None
    assert row.refresh_token_digest == digest(tokens["refresh_token"])
    assert row.family_digest == digest(parse_refresh_token(tokens["refresh_token"]).family)  # type: ignore[union-attr]
    assert (row.scope, row.redirect_uri, row.code_challenge) == (driver.scope, CALLBACK, s256(driver.code_verifier))
    assert row.auth_time is not None
    assert row.sid
    assert TokenBinding.objects.get().authorization == row


@pytest.mark.spec("RFC 6749", "10.3")
def test_dots_row_holds_a_checksum_and_no_token(driver: Driver) -> None:
    tokens = driver.tokens()
    row = access_token_model().objects.get()
    assert (row.token, row.token_checksum) == ("", digest(tokens["access_token"]))
