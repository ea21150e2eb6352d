"""The demo's own error pages: in its own words, under its own policy, and each leads on."""

import re
from typing import Any

import pytest
import requests

from tests.demo.guest import Guest
from tests.demo.server import Demo

pytestmark = pytest.mark.xdist_group("demo")
BREAK = """
from unittest import mock
from django.test import Client
with mock.patch("demo_project.playground.views.ClientSession", side_effect=RuntimeError("what nobody may read")):
    answer = Client(raise_request_exception=False).get("/", headers={"host": "127.0.0.1"})
print(answer.status_code, answer["Content-Security-Policy"], answer.content.decode())
"""


def leads_on(page: requests.Response, status: int, heading: str) -> None:
    """It is a page of the demo's, and not of Django's."""
    assert page.status_code == status
    assert f"<h1>{heading}</h1>" in page.text
    assert re.search(r'<a class="oa-button[^>]*href="/"[^>]*>Go to the playground</a>', page.text)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/nothing/here", "/nothing/", "/demo/nothing", "/accounts/nothing/", "/<script>"])
def test_an_address_that_leads_nowhere_leads_on(guest: Guest, path: str) -> None:
    page = guest.get(f"{guest.address}{path}", timeout=10)
    leads_on(page, 404, "Nothing is here")
    assert "<script>" not in page.text
    assert "urlpatterns" not in page.text
    assert "DEBUG" not in page.text


@pytest.mark.parametrize("path", ["/admin", "/api/docs", "/accounts/login"])
def test_an_address_without_its_slash_is_still_found(guest: Guest, path: str) -> None:
    answer = guest.get(f"{guest.address}{path}", timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{path}/")


def test_a_note_that_is_not_there_is_told_to_programs_as_before(guest: Guest, seeded: dict[str, Any]) -> None:
    answer = guest.delete(f"{guest.address}/api/notes/999/", timeout=10)
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/demo/begin", "/demo/anew", "/demo/forget-consent"])
def test_a_form_that_is_out_of_date_says_so_and_leads_on(guest: Guest, path: str) -> None:
    leads_on(guest.post(f"{guest.address}{path}", timeout=10), 403, "This page was out of date")


def test_a_fault_of_the_demos_tells_nothing_of_itself_and_leads_on(demo: Demo) -> None:
    told = Demo({**demo.environment, "DEBUG": "0"}, demo.database).manage("shell", "-v0", "-c", BREAK)
    assert told.startswith("500 default-src 'none';")
    assert "<h1>Something broke</h1>" in told
    assert "Go to the playground" in told
    assert "what nobody may read" not in told
