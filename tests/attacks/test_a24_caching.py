"""A24, caching: ``no-store`` wherever a code, a token, a state or a handle passes, errors too (RFC 6749 §5.1)."""

from typing import Any

import pytest

from tests.driver import AUTHORIZE, INTROSPECT, REVOKE, TOKEN, Driver, post, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "5.1")]

ANSWERS: dict[str, Any] = {
    "token": lambda driver: driver.redeem(driver.code()),
    "refresh": lambda driver: driver.refresh(driver.tokens()["refresh_token"]),
    "token error": lambda driver: driver.redeem("x"),
    "token failure": lambda driver: driver.redeem("x", client_secret="wrong"),
    "token by GET": lambda driver: driver.browser.get(TOKEN),
    "token as JSON": lambda driver: driver.browser.post(TOKEN, "{}", content_type="application/json"),
    "token too large": lambda driver: driver.redeem("a" * 100_000),
    "too often": lambda driver: [driver.redeem("x", client_secret="wrong") for _ in range(11)][-1],
    "introspection": lambda driver: driver.introspect(driver.tokens()["access_token"]),
    "introspection error": lambda driver: post(driver.browser, INTROSPECT, {}),
    "revocation": lambda driver: driver.revoke(driver.tokens()["access_token"]),
    "revocation error": lambda driver: post(driver.browser, REVOKE, {}),
    "pushed": lambda driver: driver.push(),
    "pushed error": lambda driver: driver.push(scope="nothing:here"),
    "to the account page": lambda driver: driver.authorize(prompt="select_account"),
    "the account page": lambda driver: driver.browser.get(driver.authorize(prompt="select_account")["Location"]),
    "with a code, in a form": lambda driver: driver.decide(driver.authorize(response_mode="form_post")["Location"]),
    "with an error, in a form": lambda driver: driver.authorize(response_mode="form_post", scope="nothing:here"),
    "to the login": lambda driver: Driver(driver.application).authorize(),
    "to the page": lambda driver: driver.authorize(),
    "the page": lambda driver: driver.browser.get(driver.authorize()["Location"]),
    "with a code": lambda driver: driver.decide(driver.authorize()["Location"]),
    "with a cancellation": lambda driver: driver.decide(driver.authorize()["Location"], "deny"),
    "with an error": lambda driver: driver.authorize(scope="nothing:here"),
    "error page": lambda driver: driver.authorize(client_id="nobody"),
    "error page of a handle": lambda driver: driver.decide("/oauth/consent/" + "a" * 43),
    "after a POST": lambda driver: post(driver.browser, AUTHORIZE, driver.request()),
}


@each("ask", ANSWERS.values(), ids=ANSWERS)
def test_no_answer_is_stored(ask: Any) -> None:
    response = ask(signed_in(policy={"may_introspect": True}))
    assert "no-store" in response["Cache-Control"].split(", ")
    assert "public" not in response["Cache-Control"]
    assert not response.has_header("ETag")
