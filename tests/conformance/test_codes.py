"""The conformance suite's modules on codes, PKCE and refresh tokens (RFC 6749 §4.1 and §6, RFC 7636), over HTTP."""

from typing import Any

import pytest
import requests

from tests import ledger
from tests.conformance.modules import both, fapi2
from tests.conformance.relying_party import RelyingParty
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(server: str, user: Any) -> RelyingParty:
    """Another client of the same kind."""
    application = ApplicationFactory()
    return RelyingParty(server, application.client_id, application.secret, user.username)


def is_refused(response: requests.Response, error: str, status: int = 400) -> None:
    """An error of RFC 6749 §5.2, which is never to be stored."""
    assert (response.status_code, response.json()["error"]) == (status, error), response.text
    assert (response.headers["Content-Type"], response.headers["Cache-Control"]) == ("application/json", "no-store")
    assert set(response.json()) <= {"error", "error_description", "error_uri"}


# Codes


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(0, marks=pytest.mark.spec("OIDF", "oidcc-codereuse")),
        pytest.param(1, marks=both("attempt-reuse-authorization-code-after-one-second")),
        pytest.param(30, marks=pytest.mark.spec("OIDF", "oidcc-codereuse-30seconds")),
    ],
)
def test_a_code_serves_once_and_the_second_use_ends_what_came_of_the_first(
    relying_party: RelyingParty, seconds: int
) -> None:
    code = relying_party.authorize()["code"]
    tokens = relying_party.tokens_of(relying_party.redeem(code))
    assert relying_party.ask_userinfo(tokens).status_code == 200
    with ledger.later(seconds):
        is_refused(relying_party.redeem(code), "invalid_grant")
        response = relying_party.ask_userinfo(tokens)
        assert response.status_code == 401
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
        is_refused(relying_party.refresh(tokens["refresh_token"]), "invalid_grant")


@fapi2("ensure-token-endpoint-fails-with-expired-auth-code")
def test_a_code_is_too_old_after_62_seconds(relying_party: RelyingParty) -> None:
    code = relying_party.authorize()["code"]
    with ledger.later(62), ledger.unchanged():
        is_refused(relying_party.redeem(code), "invalid_grant")


@fapi2("ensure-authorization-code-is-bound-to-client")
def test_a_code_is_no_other_clients_and_stays_good_for_its_own(
    relying_party: RelyingParty, other: RelyingParty
) -> None:
    code = relying_party.authorize()["code"]
    with ledger.unchanged():
        is_refused(other.redeem(code, code_verifier=relying_party.code_verifier), "invalid_grant")
    assert relying_party.redeem(code).status_code == 200


# PKCE


@pytest.mark.spec("RFC 7636", "4.3")
@pytest.mark.spec("OIDF", "oidcc-ensure-request-with-valid-pkce-succeeds")
def test_the_verifier_of_the_challenge_redeems_the_code(relying_party: RelyingParty) -> None:
    assert relying_party.request()["code_challenge_method"] == "S256"
    assert relying_party.claims_of(relying_party.sign_in()["id_token"])


@pytest.mark.parametrize(
    "code_verifier",
    [
        pytest.param(None, marks=both("ensure-pkce-code-verifier-required")),
        pytest.param("", marks=both("ensure-pkce-code-verifier-required")),
        pytest.param("w" * 43, marks=both("incorrect-pkce-code-verifier-rejected")),
    ],
)
def test_without_it_the_code_stays_closed_and_unspent(relying_party: RelyingParty, code_verifier: str | None) -> None:
    code = relying_party.authorize()["code"]
    with ledger.unchanged():
        is_refused(relying_party.redeem(code, code_verifier=code_verifier), "invalid_grant")
    assert relying_party.redeem(code).status_code == 200


# Refresh tokens


@pytest.mark.spec("OIDF", "oidcc-refresh-token")
def test_a_refresh_brings_a_new_id_token_about_the_same(relying_party: RelyingParty) -> None:
    tokens = relying_party.sign_in("openid offline_access", prompt="consent")
    with ledger.later(2):
        renewed = relying_party.tokens_of(relying_party.refresh(tokens["refresh_token"]))
        before, after = (relying_party.claims_of(one["id_token"]) for one in (tokens, renewed))
        assert relying_party.userinfo(renewed)["sub"] == before["sub"]
    kept = ("iss", "sub", "aud", "auth_time")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert "nonce" not in after
    assert after["iat"] > before["iat"]


@pytest.mark.spec("RFC 6749", "10.4")
@pytest.mark.spec("OIDF", "oidcc-refresh-token")
@fapi2("refresh-token")
def test_a_refresh_token_is_no_other_clients(relying_party: RelyingParty, other: RelyingParty) -> None:
    tokens = relying_party.sign_in("openid offline_access", prompt="consent")
    with ledger.unchanged():
        is_refused(other.refresh(tokens["refresh_token"]), "invalid_grant")
    assert relying_party.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "10.4")
@fapi2("refresh-token")
@pytest.mark.parametrize("named", [True, False])
def test_a_refresh_token_alone_is_no_authentication(relying_party: RelyingParty, named: bool) -> None:
    tokens = relying_party.sign_in("openid offline_access", prompt="consent")
    form = {"client_id": relying_party.client_id} if named else {}
    with ledger.unchanged():
        is_refused(relying_party.refresh(tokens["refresh_token"], anonymous=True, **form), "invalid_client", 401)
    assert relying_party.refresh(tokens["refresh_token"]).status_code == 200


@fapi2("refresh-token")
def test_a_client_of_fapi_keeps_its_refresh_token(server: str, user: Any) -> None:
    application = ApplicationFactory(policy={"rotate_refresh_tokens": False})
    relying_party = RelyingParty(server, application.client_id, application.secret, user.username)
    tokens = relying_party.sign_in("openid offline_access", prompt="consent")
    renewed = relying_party.tokens_of(relying_party.refresh(tokens["refresh_token"]))
    assert renewed.get("refresh_token", tokens["refresh_token"]) == tokens["refresh_token"]
    assert renewed["access_token"] != tokens["access_token"]


# Every token response


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "oac_unknown"}, "invalid_grant"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "ort_unknown"}, "invalid_grant"),
        ({"grant_type": "urn:example:unknown"}, "unsupported_grant_type"),
        pytest.param(
            {"grant_type": "password", "username": "a", "password": "b"},
            "unsupported_grant_type",
            marks=pytest.mark.spec("RFC 9700", "2.4"),
        ),
    ],
    ids=str,
)
def test_an_error_is_400_and_leaves_nothing(relying_party: RelyingParty, form: dict[str, str], error: str) -> None:
    with ledger.unchanged():
        is_refused(relying_party.ask(**form), error)


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_client_that_proves_nothing_gets_a_challenge(relying_party: RelyingParty) -> None:
    relying_party.client_secret = "wrong"
    with ledger.unchanged():
        response = relying_party.ask(grant_type="client_credentials")
        is_refused(response, "invalid_client", 401)
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.spec("OIDF", "oidcc-server-client-secret-post")
def test_the_secret_is_taken_from_the_body(relying_party: RelyingParty) -> None:
    credentials = {"client_id": relying_party.client_id, "client_secret": relying_party.client_secret}
    code = relying_party.authorize()["code"]
    tokens = relying_party.tokens_of(relying_party.redeem(code, anonymous=True, **credentials))
    assert set(relying_party.userinfo(tokens)) == {"sub"}


@fapi2("ensure-client-id-in-token-endpoint")
def test_the_body_names_no_other_client_than_the_credentials(relying_party: RelyingParty, other: RelyingParty) -> None:
    code = relying_party.authorize()["code"]
    with ledger.unchanged():
        is_refused(relying_party.redeem(code, client_id=other.client_id), "invalid_client", 401)
    assert relying_party.redeem(code).status_code == 200
