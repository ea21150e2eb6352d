"""Conformance: pushed requests (RFC 9126, FAPI 2.0 Security Profile §5.3.2.2), over a live server."""

from typing import Any

import pytest
import requests

from tests import ledger
from tests.conformance.front_channel.relying_party import (
    Arrived,
    RelyingParty,
    is_error_page,
    is_login_page,
    is_refused,
)
from tests.conformance.modules import fapi2
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def is_refused_in_json(answer: requests.Response, error: str, status: int = 400) -> None:
    """An OAuth error, never to be stored, that names no request."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json()) <= {"error", "error_description"}


@pytest.mark.spec("RFC 9126", "2.2")
def test_a_pushed_request_is_named_and_the_name_is_long(party: RelyingParty) -> None:
    answer = party.push()
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 5 <= answer.json()["expires_in"] < 600
    assert len(answer.json()["request_uri"].rpartition(":")[2]) >= 17  # of 62 characters: 96 bits and more


@fapi2("par-without-duplicate-parameters")
@pytest.mark.parametrize("response_mode", [None, "fragment", "form_post"])
def test_client_id_and_request_uri_are_enough(party: RelyingParty, user: Any, response_mode: str | None) -> None:
    arrived = party.sign_in_and_allow(party.open(party.pushed(response_mode=response_mode)), user)
    assert set(arrived.answer) == {"code", "state", "session_state", "iss"}
    assert party.redeem(arrived.answer["code"]).status_code == 200


@fapi2("par-ensure-reused-request-uri-prior-to-auth-completion-succeeds")
def test_it_may_be_opened_twice_before_signing_in(party: RelyingParty, user: Any) -> None:
    request_uri = party.pushed()
    assert is_login_page(party.open(request_uri))
    arrived = party.sign_in_and_allow(party.open(request_uri), user)
    assert party.redeem(arrived.answer["code"]).status_code == 200


@fapi2("par-attempt-reuse-request_uri")
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_it_is_spent_once_it_was_answered(party: RelyingParty, user: Any, decision: str) -> None:
    request_uri = party.pushed()
    party.submit(party.log_in(party.open(request_uri), user), decision=decision)
    is_error_page(party.open(request_uri), "invalid_request_uri")


@fapi2("par-attempt-to-use-expired-request_uri")
def test_it_is_opened_in_time(party: RelyingParty) -> None:
    answer = party.push().json()
    with ledger.later(answer["expires_in"] + 1):
        is_error_page(party.open(answer["request_uri"]), "invalid_request_uri")


@fapi2("par-attempt-to-use-request_uri-for-different-client")
def test_it_is_no_other_clients(party: RelyingParty) -> None:
    other = ApplicationFactory()
    is_error_page(party.open(party.pushed(), client_id=other.client_id), "invalid_request_uri")


@fapi2("par-authorization-request-containing-request_uri-form-param")
def test_a_name_cannot_be_pushed(party: RelyingParty) -> None:
    is_refused_in_json(party.push(request_uri=party.pushed()), "invalid_request")


@fapi2("par-attempt-invalid-http-method")
@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_only_post_is_taken(party: RelyingParty, method: str) -> None:
    answer = party.push(method)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@fapi2("ensure-registered-redirect-uri")
@pytest.mark.spec("OIDF", "fapi2-security-profile-id2-plain-fapi-ensure-registered-redirect-uri")
@pytest.mark.spec("OIDF", "fapi2-security-profile-final-plain-fapi-tolerate-unregistered-redirect-uri")
def test_an_unregistered_redirect_uri_is_refused(party: RelyingParty) -> None:
    is_refused_in_json(party.push(redirect_uri=f"{CALLBACK}/x"), "invalid_request")


@fapi2("ensure-redirect-uri-in-authorization-request")
@fapi2("ensure-request-object-without-redirect-uri-fails")
def test_a_missing_redirect_uri_is_refused(party: RelyingParty) -> None:
    is_refused_in_json(party.push(redirect_uri=None), "invalid_request")


@pytest.mark.spec("RFC 7636", "4.4.1")
@fapi2("par-ensure-pkce-required")
@fapi2("par-plain-pkce-rejected")
@pytest.mark.parametrize(
    "changes", [{"code_challenge": None}, {"code_challenge_method": "plain"}, {"code_challenge_method": None}], ids=str
)
def test_pkce_is_required(party: RelyingParty, changes: dict[str, Any]) -> None:
    is_refused_in_json(party.push(**changes), "invalid_request")


@fapi2("ensure-response-type-code-idtoken-fails")
@fapi2("ensure-response-type-token-fails")
@pytest.mark.parametrize("response_type", ["code id_token", "token"])
def test_no_other_response_type_is_taken(party: RelyingParty, response_type: str) -> None:
    is_refused_in_json(party.push(response_type=response_type), "unsupported_response_type")


@fapi2("ensure-unsigned-authorization-request-without-using-par-fails")
def test_a_client_that_must_push_cannot_do_otherwise(party: RelyingParty) -> None:
    party = party.another(ApplicationFactory(policy={"require_pushed_authorization_requests": True}))
    is_refused(party.authorize(), "invalid_request", party.issuer)
    assert is_login_page(party.open(party.pushed()))


@fapi2("user-rejects-authentication")
def test_cancel_is_access_denied_with_a_long_state_intact(party: RelyingParty, user: Any) -> None:
    registered = f"{CALLBACK}?dummy1=lorem&dummy2=ipsum"
    party = party.another(ApplicationFactory(redirect_uris=registered))
    party.redirect_uri = registered
    page = party.log_in(party.open(party.pushed(state="s" * 128)), user)
    arrived = party.submit(page, decision="deny")
    assert isinstance(arrived, Arrived)
    assert arrived.url.startswith(f"{registered}&error=access_denied")
    assert arrived.answer["state"] == "s" * 128


@fapi2("ensure-authorization-request-without-state-success")
@fapi2("state-only-outside-request-object-not-used")
@pytest.mark.parametrize("outside", [{}, {"state": "outside"}], ids=str)
def test_a_state_that_was_not_pushed_is_not_sent_back(party: RelyingParty, user: Any, outside: dict[str, str]) -> None:
    arrived = party.sign_in_and_allow(party.open(party.pushed(state=None), **outside), user)
    assert set(arrived.answer) == {"code", "session_state", "iss"}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        pytest.param(
            {"nonce": "n" * 64},
            "af0ifjsldkj",
            marks=[
                pytest.mark.spec(
                    "OIDF", "fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success"
                ),
                pytest.mark.spec("OIDF", "fapi2-security-profile-id2-ensure-request-object-with-64-char-nonce-success"),
            ],
        ),
        pytest.param(
            {"nonce": "n" * 384},
            "af0ifjsldkj",
            marks=[
                pytest.mark.spec("OIDF", "fapi2-security-profile-final-ensure-authorization-request-with-long-nonce"),
                pytest.mark.spec("OIDF", "fapi2-security-profile-id2-ensure-request-object-with-long-nonce"),
            ],
        ),
        pytest.param(
            {"state": "s" * 1000},
            "s" * 1000,
            marks=[
                pytest.mark.spec("OIDF", "fapi2-security-profile-final-ensure-authorization-request-with-long-state"),
                pytest.mark.spec("OIDF", "fapi2-security-profile-id2-ensure-request-object-with-long-state"),
            ],
        ),
    ],
    ids=["nonce of 64", "nonce of 384", "state of 1000"],
)
def test_long_values_come_through(party: RelyingParty, user: Any, changes: dict[str, str], state: str) -> None:
    arrived = party.sign_in_and_allow(party.open(party.pushed(**changes)), user)
    assert arrived.answer["state"] == state
    assert party.redeem(arrived.answer["code"]).status_code == 200
