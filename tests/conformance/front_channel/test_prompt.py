"""Conformance: prompt, max_age, hints and acr (OpenID Connect Core §3.1.2.1), over a live server."""

from typing import Any

import pytest
import requests

from tests import ledger
from tests.conformance.front_channel.relying_party import (
    Arrived,
    RelyingParty,
    is_consent_page,
    is_login_page,
    is_refused,
    said_in,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

OIDF = pytest.mark.spec


@OIDF("OIDF", "oidcc-prompt-login")
def test_prompt_login_shows_the_login_page_again(returning: RelyingParty, user: Any) -> None:
    before = said_in(returning.id_token(returning.authorize(max_age="10000")))
    with ledger.later(3):
        page = returning.authorize(prompt="login", max_age="10000")
        assert is_login_page(page)
        after = said_in(returning.id_token(returning.sign_in_and_allow(page, user)))
    assert after["sub"] == before["sub"]
    assert after["auth_time"] > before["auth_time"]


@OIDF("OIDF", "oidcc-prompt-none-not-logged-in")
def test_prompt_none_where_nobody_is_signed_in_is_login_required(party: RelyingParty) -> None:
    is_refused(party.authorize(prompt="none"), "login_required", party.issuer)


@OIDF("OIDF", "oidcc-prompt-none-logged-in")
def test_prompt_none_where_somebody_is_signed_in_is_answered_at_once(returning: RelyingParty) -> None:
    first, again = (said_in(returning.id_token(returning.authorize(prompt=prompt))) for prompt in (None, "none"))
    assert (first["sub"], first["auth_time"]) == (again["sub"], again["auth_time"])


@OIDF("OIDF", "oidcc-id-token-hint")
@pytest.mark.parametrize("prompt", [None, "none"])
def test_the_person_of_the_hint_is_answered_at_once(returning: RelyingParty, prompt: str | None) -> None:
    hint = returning.id_token(returning.authorize())
    again = said_in(returning.id_token(returning.authorize(id_token_hint=hint, prompt=prompt)))
    assert (again["sub"], again["auth_time"]) == (said_in(hint)["sub"], said_in(hint)["auth_time"])


@OIDF("OIDF", "oidcc-id-token-hint")
def test_another_persons_hint_is_login_required(returning: RelyingParty) -> None:
    hint = returning.id_token(returning.authorize())
    returning.browser.cookies.clear()
    returning.sign_in_and_allow(returning.authorize(), UserFactory())
    is_refused(returning.authorize(id_token_hint=hint, prompt="none"), "login_required", returning.issuer)


@OIDF("OIDC Core", "3.1.2.6")
@pytest.mark.parametrize("response_mode", ["query", "fragment", "form_post"])
def test_prompt_none_for_more_than_was_agreed_to_is_consent_required(
    returning: RelyingParty, response_mode: str
) -> None:
    arrived = returning.authorize(prompt="none", scope="photos:read", response_mode=response_mode)
    is_refused(arrived, "consent_required", returning.issuer)


@OIDF("OIDF", "oidcc-max-age-1")
def test_a_sign_in_that_is_older_than_max_age_is_made_again(returning: RelyingParty, user: Any) -> None:
    with ledger.later(3):
        before = said_in(returning.id_token(returning.authorize()))
        page = returning.authorize(max_age="1")
        assert is_login_page(page)
        after = said_in(returning.id_token(returning.sign_in_and_allow(page, user)))
    assert after["auth_time"] > before["auth_time"]
    assert after["iat"] - after["auth_time"] < 10


@OIDF("OIDF", "oidcc-max-age-10000")
def test_a_sign_in_that_is_recent_enough_is_left_alone(returning: RelyingParty) -> None:
    before = said_in(returning.id_token(returning.authorize()))
    after = said_in(returning.id_token(returning.authorize(max_age="10000")))
    assert after["auth_time"] == before["auth_time"]


@OIDF("OIDF", "oidcc-login-hint")
def test_a_login_hint_tells_nothing_of_the_account(party: RelyingParty, user: Any) -> None:
    shown = []
    for hint in (user.get_username(), "n" * len(user.get_username())):
        page: Any = party.authorize(login_hint=hint)
        assert is_login_page(page)
        shown.append(len(page.history))
        assert isinstance(page, requests.Response)
        assert f"login_hint={hint}" in page.url
    assert shown[0] == shown[1]
    assert "code" in party.sign_in_and_allow(party.authorize(login_hint=user.get_username()), user).answer


@OIDF("OIDF", "oidcc-ensure-request-with-acr-values-succeeds")
@pytest.mark.parametrize("prompt", [None, "none", "login"])
def test_acr_values_are_never_an_error(returning: RelyingParty, user: Any, prompt: str | None) -> None:
    arrived = returning.sign_in_and_allow(returning.authorize(acr_values="urn:gold 1", prompt=prompt), user)
    assert returning.redeem(arrived.answer["code"]).status_code == 200


@OIDF("OIDC Core", "3.1.2.1")
def test_prompt_consent_asks_again(returning: RelyingParty, user: Any) -> None:
    page = returning.authorize(prompt="consent")
    assert is_consent_page(page)
    assert "code" in returning.sign_in_and_allow(page, user).answer


@OIDF("OIDC Core", "3.1.2.1")
def test_prompt_select_account_asks_which(returning: RelyingParty) -> None:
    page = returning.authorize(prompt="select_account")
    arrived = returning.submit(page, choice="this")
    assert isinstance(arrived, Arrived)
    assert "code" in arrived.answer
    page = returning.authorize(prompt="select_account")
    assert is_login_page(returning.submit(page, choice="other"))


@OIDF("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("prompt", ["none login", "none consent", "none select_account", "unknown"])
def test_a_prompt_that_makes_no_sense_is_invalid_request(returning: RelyingParty, prompt: str) -> None:
    is_refused(returning.authorize(prompt=prompt), "invalid_request", returning.issuer)
