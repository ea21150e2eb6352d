"""Step-up from end to end (RFC 9470 §3 to §6): an API asks for a fresh sign-in, and the provider sees to it."""

import re
from typing import Any

import pytest
import requests

from tests.demo.fleet import AN_HOUR_LATER, Fleet
from tests.demo.visitor import Visitor

pytestmark = [pytest.mark.xdist_group("fleet"), pytest.mark.spec("RFC 9470", "5")]

PARAMETER = re.compile(r'(\w+)="([^"]*)"')


def test_the_api_asks_the_client_sends_the_person_back_and_the_new_token_passes(fleet: Fleet) -> None:
    """401 with max_age; the same as a parameter of the authorization request; the login page; 201."""
    visitor = fleet.visitor()
    stale = visitor.allow("photos:read photos:print")
    fleet.demo.manage("shell", "--command", AN_HOUR_LATER)

    assert fleet.call(stale).status_code == 200
    refused = order(fleet, stale)
    asked = dict(PARAMETER.findall(refused.headers["WWW-Authenticate"]))
    assert (refused.status_code, asked["error"]) == (401, "insufficient_user_authentication")
    assert (asked["max_age"], asked["scope"]) == ("60", "photos:print")

    wanted: dict[str, Any] = {name: asked[name] for name in ("max_age", "acr_values") if name in asked}
    pages = Pages(visitor)
    fresh = pages.allow("photos:read photos:print", **wanted)
    assert pages.asked_for_password == 1
    assert order(fleet, fresh).json()["print"] == "First snow"
    assert order(fleet, stale).status_code == 401


def test_who_signed_in_just_now_is_not_asked_again(fleet: Fleet) -> None:
    """The demand is met already."""
    visitor = fleet.visitor()
    visitor.allow("photos:read")
    pages = Pages(visitor)
    token = pages.allow("photos:print", max_age="60")

    assert pages.asked_for_password == 0
    assert order(fleet, token).status_code == 201


def test_without_a_page_the_client_is_told_that_one_is_needed(fleet: Fleet) -> None:
    """prompt=none: the demand cannot be met in silence."""
    visitor = fleet.visitor()
    visitor.allow("photos:print")
    fleet.demo.manage("shell", "--command", AN_HOUR_LATER)
    with pytest.raises(KeyError, match="code"):
        visitor.allow("photos:print", max_age="60", prompt="none")


def test_a_refresh_does_not_pass_for_a_sign_in(fleet: Fleet) -> None:
    """A new token of an old sign-in is still one of an old sign-in."""
    visitor = fleet.visitor()
    tokens = visitor.tokens("photos:print")
    fleet.demo.manage("shell", "--command", AN_HOUR_LATER)
    refreshed = visitor.token("web", grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    assert order(fleet, refreshed).status_code == 401


class Pages(Visitor):
    """A visitor who counts how often a password is asked for."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(visitor.demo, visitor.browser)
        self.asked_for_password = 0

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        """As ever."""
        self.asked_for_password += "password" in fields
        return super().submit(page, **fields)


def order(fleet: Fleet, token: str) -> requests.Response:
    """Order a print."""
    return fleet.call(token, "/photos/snow/print", "POST")
