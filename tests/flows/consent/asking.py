"""Requests that lead to the consent page, or past it."""

from typing import Any

from tests.driver import Driver


def is_asked(driver: Driver, **changes: Any) -> bool:
    """Does the same request lead to the page now?"""
    location: str = driver.authorize(**changes)["Location"]
    assert location.startswith(("/oauth/consent/", driver.redirect_uri))
    return location.startswith("/oauth/consent/")


def allow(driver: Driver, page: str, *ticked: str, **form: str) -> Any:
    """Allow the optional scopes that are ``ticked``, and what is required."""
    return driver.browser.post(page, {"decision": "allow", "scope": list(ticked), **form})
