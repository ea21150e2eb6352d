"""Requests that leave something open, and what a person picks on the page (RFC 9396 §7.1)."""

from typing import Any

from tests.details import said
from tests.driver import Driver, query_of

ASKED = {"type": "print", "size": "small"}
PICKED = {**ASKED, "album": "snow", "most": 3}
CHOICE = {"album": "snow", "most": "3"}


def page_of(driver: Driver, *details: Any, **changes: Any) -> str:
    """The page that asks for ``details``, and no scope."""
    given = {"scope": None, "authorization_details": said(*(details or [ASKED])), **changes}
    page: str = driver.authorize(**given)["Location"]
    assert page.startswith("/oauth/consent/"), page
    return page


def pick(driver: Driver, page: str, *choices: dict[str, Any], **form: Any) -> Any:
    """The answer to a yes with these choices, one for each detail, in their order."""
    fields = {f"detail-{place}-{name}": one for place, choice in enumerate(choices) for name, one in choice.items()}
    return driver.browser.post(page, {"decision": "allow", **fields, **form})


def tokens_of(driver: Driver, **changes: Any) -> dict[str, Any]:
    """The token response, after ana has picked the album "snow"."""
    code = query_of(pick(driver, page_of(driver, **changes), CHOICE)["Location"])["code"]
    tokens: dict[str, Any] = driver.redeem(code).json()
    return tokens
