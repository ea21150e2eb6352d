"""Guests of the playground: browsers without a screen that press its buttons."""

import re
from html import unescape
from typing import Any

import requests

from tests.demo.server import Demo
from tests.demo.visitor import Visitor

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Guest(requests.Session):
    """A browser that holds on to its cookies; ``post`` sends the token of the page at ``/``."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def act(self, name: str) -> requests.Response:
        """A button that sends something."""
        came = re.search(r'name="came" value="(\d+)"', self.get(f"{self.address}/", timeout=10).text)
        assert came
        return self.press(f"/demo/act/{name}", came=came[1])

    def press(self, path: str, **fields: Any) -> requests.Response:
        """A button of the playground."""
        token = TOKEN.search(self.get(f"{self.address}/", timeout=10).text)
        assert token
        return self.post(f"{self.address}{path}", data={"csrfmiddlewaretoken": token[1], **fields}, timeout=10)


def connect(demo: Demo, guest: Guest) -> bool:
    """Up to the code; whether the consent page was shown on the way."""
    page = guest.press("/demo/begin", scope="notes:read").text
    visitor = Visitor(demo.seed(), browser=guest)
    link = re.search(r'href="([^"]*/oauth/authorize[^"]*)"', page)
    assert link
    came = guest.get(unescape(link[1]), timeout=10)
    if 'name="password"' in came.text:
        came = visitor.submit(came, **visitor.demo["user"])
    was_asked = 'name="decision"' in came.text
    if was_asked:
        came = visitor.submit(came, decision="allow")
    assert "Exchange the code for tokens" in came.text
    return was_asked
