"""Sections of the consent page (RFC 6749 §3.3): by API, and folded where there are many, but never what can do harm."""

import re
from typing import Any

import pytest

from tests.driver import signed_in
from tests.overrides import setting
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.3")]

API = "https://api.example.com/mail"


def page_with(scopes: dict[str, Any], **changes: Any) -> str:
    settings = {"SCOPES": {**OAUTH_PROVIDER["SCOPES"], **scopes}, "RESOURCES": {API: "Mail <b>"}}
    with setting(**settings):
        driver = signed_in(policy={"scopes": None})
        location = driver.authorize(scope=" ".join(changes.get("scope", scopes)))["Location"]
        return str(driver.browser.get(location).content.decode())


def sections(html: str) -> dict[str, tuple[bool, str]]:
    """Headings of folding sections, each with whether it is open, and what stands in it."""
    found = re.findall(
        r'<details class="oa-section"( open)?>\s*<summary><span[^>]*>(.*?) <span.*?</summary>(.*?)</details>',
        html,
        re.DOTALL,
    )
    return {heading: (bool(is_open), inside) for is_open, heading, inside in found}


def test_few_are_not_folded_and_stand_by_their_api() -> None:
    scopes = {"mail:read": {"title": "Read mail", "api": API}, "a:read": {"title": "Read a", "group": "Albums"}}
    html = page_with(scopes, scope=["mail:read", "openid", "a:read"])
    assert re.findall(r"<h3>(.*?)</h3>", html) == ["Mail &lt;b&gt;", "You", "Albums"]
    assert sections(html) == {}


def test_where_all_belong_together_there_is_no_heading() -> None:
    assert "<h3>" not in page_with({"a:read": "Read a", "b:read": "Read b"})


def test_forty_fold_and_the_risky_ones_are_open() -> None:
    many = {f"s{number}": {"title": f"Read {number}", "group": f"G{number % 3}"} for number in range(38)}
    harm = {"x": {"title": "Delete x", "group": "G1", "risk": "deletes"}, "y": "Read y"}
    found = sections(page_with({**many, **harm}))
    assert {heading: is_open for heading, (is_open, _inside) in found.items()} == {
        "G0": False,
        "G1": True,
        "G2": False,
        "Everything else": False,
    }
    assert "Delete x" in found["G1"][1]
    assert sum(inside.count("<li") for _open, inside in found.values()) == 40


def test_what_can_be_left_out_is_a_box_with_its_icon_and_words() -> None:
    html = page_with({"a": {"title": "Read a", "optional": True, "icon": "photo", "description": "All <i>of it</i>"}})
    assert '<input type="checkbox" name="scope" value="a" checked>' in html
    assert 'circle cx="8.500" cy="9.500"' in html
    assert '<span class="oa-description"><bdi>All &lt;i&gt;of it&lt;/i&gt;</bdi></span>' in html
