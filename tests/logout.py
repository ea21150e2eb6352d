"""Logging out, as a client and a person do it (OpenID Connect RP-Initiated Logout 1.0 §2)."""

import html
import re
from typing import Any

from tests.driver import CONFIRM, Driver, post, signed_in

BYE = "https://app.example.com/bye"


def somebody(**application: Any) -> Driver:
    """A client that knows where a browser goes after a logout, and a person who is signed in."""
    driver = signed_in(post_logout_redirect_uris=f"{BYE} https://app.example.com/other?a=b", **application)
    driver.scope = "openid"
    return driver


def is_logged_in(driver: Driver) -> bool:
    """Does the session of this browser still say who somebody is?"""
    return "_auth_user_id" in driver.browser.session


def ticket_of(page: Any) -> str:
    """The ticket on the page that asks."""
    assert page.status_code == 200, page.content
    found = re.search(r'name="ticket" value="([^"]+)"', page.content.decode())
    assert found
    return html.unescape(found.group(1))


def answer(driver: Driver, page: Any, decision: str = "log_out") -> Any:
    """What comes of a person's decision."""
    return post(driver.browser, CONFIRM, {"ticket": ticket_of(page), "decision": decision})
