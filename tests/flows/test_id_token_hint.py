"""``id_token_hint`` (OpenID Connect Core §3.1.2.1): the answer is about the person of the hint, or is an error."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from oauth_provider.protocol import jws
from oauth_provider.protocol.id_token import IdToken, sign_id_token
from oauth_provider.tokens.key_ring import key_ring
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "3.1.2.1")]

ISSUER = "https://auth.example.com"


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(UserFactory(username="ann"))
    driver.scope = "openid notes:read"
    driver.code()
    return driver


def id_token(driver: Driver) -> str:
    """An ID token as the client was given one."""
    return str(driver.redeem(driver.code()).json()["id_token"])


def error_of(response: Any) -> str:
    answer = query_of(response["Location"])
    assert "code" not in answer
    return answer["error"]


@pytest.mark.parametrize("prompt", [None, "none"])
def test_the_person_of_the_hint_is_answered_at_once(driver: Driver, prompt: str | None) -> None:
    response = driver.authorize(id_token_hint=id_token(driver), prompt=prompt)
    assert "code" in query_of(response["Location"])


def test_an_expired_hint_still_says_who_it_was(driver: Driver) -> None:
    hint = id_token(driver)
    with ledger.later(7200):
        assert "code" in query_of(driver.authorize(id_token_hint=hint, prompt="none")["Location"])


def test_another_person_is_login_required_silently(driver: Driver) -> None:
    hint = id_token(driver)
    driver.sign_in(UserFactory())
    driver.code()
    with ledger.unchanged():
        assert error_of(driver.authorize(id_token_hint=hint, prompt="none")) == "login_required"
    assert "_auth_user_id" in driver.browser.session


@pytest.mark.parametrize(("username", "good"), [("ann", True), ("bob", False)])
def test_another_person_is_asked_to_sign_in_as_the_one_of_the_hint(driver: Driver, username: str, good: bool) -> None:
    hint, other = id_token(driver), UserFactory(username="bob")
    driver.sign_in(other)
    login = driver.authorize(id_token_hint=hint)["Location"]
    assert urlsplit(login).path == "/accounts/login/"
    assert driver.browser.session["_auth_user_id"] == str(other.pk)
    back = driver.browser.post(login, {"username": username, "password": "correct horse"})["Location"]
    response = driver.browser.get(back)
    if good:
        assert "code" in query_of(response["Location"])
    else:
        assert error_of(response) == "login_required"


def forged(driver: Driver, **changes: Any) -> str:
    """An ID token of ours that says something else."""
    said = {
        "issuer": ISSUER,
        "subject": "1",
        "client_id": driver.application.client_id,
        "issued_at": 1_700_000_000,
        "lifetime": 3600,
    }
    return sign_id_token(IdToken(**(said | changes)), key_ring().signer("RS256"))


def swapped(token: str) -> str:
    """The same token with another signature."""
    return token[:-8] + ("A" * 8 if not token.endswith("A" * 8) else "B" * 8)


BAD: dict[str, Any] = {
    "nonsense": lambda driver: "nonsense",
    "no signature": lambda driver: "e30.e30.",
    "another signature": lambda driver: swapped(id_token(driver)),
    "another issuer": lambda driver: forged(driver, issuer="https://evil.example.com"),
    "another client": lambda driver: forged(driver, client_id=ApplicationFactory().client_id),
    "no subject": lambda driver: forged(driver, subject=""),
    "an access token": lambda driver: driver.redeem(driver.code()).json()["access_token"],
    "another kind of JWT": lambda driver: jws.sign(
        {"iss": ISSUER, "sub": "1", "aud": driver.application.client_id, "iat": 1, "exp": 2},
        key_ring().signer("RS256"),
        typ="logout+jwt",
    ),
    "NUL": lambda driver: "\x00",
    "long": lambda driver: "a" * 9000,
}


@pytest.mark.spec("RFC 8725", "3.11")
@each("make", BAD.values(), ids=BAD)
@each("prompt", [None, "none"])
def test_what_is_no_id_token_of_ours_for_this_client_is_refused(driver: Driver, make: Any, prompt: str | None) -> None:
    hint = make(driver)
    with ledger.unchanged():
        assert error_of(driver.authorize(id_token_hint=hint, prompt=prompt)) == "invalid_request"
    assert "_auth_user_id" in driver.browser.session


def test_a_hint_and_a_claim_that_name_two_people_contradict_each_other(driver: Driver) -> None:
    claims = '{"id_token": {"sub": {"value": "another"}}}'
    with ledger.unchanged():
        assert error_of(driver.authorize(id_token_hint=forged(driver), claims=claims)) == "invalid_request"


@pytest.mark.spec("RFC 9126", "4")
def test_a_hint_that_was_pushed_counts(driver: Driver) -> None:
    hint = id_token(driver)
    driver.sign_in(UserFactory())
    request_uri = driver.push(id_token_hint=hint, prompt="none").json()["request_uri"]
    assert error_of(driver.open(request_uri)) == "login_required"
