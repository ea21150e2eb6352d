"""What the terminal gets: within its width, in its letters, in its colours."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.color import no_style

from oauth_provider.walk.transcript.check import Check
from oauth_provider.walk.transcript.screen import Screen
from oauth_provider.walk.wire import Exchange, Request, Response
from tests.each import each
from tests.walk.conftest import options, walk


def screen(encoding="utf-8"):
    """A screen and the lines on it."""
    lines: list[str] = []
    return Screen(lines.append, no_style(), encoding=encoding), lines


def exchange(body, content_type="text/plain"):
    """An answer to something."""
    return Exchange(Request("App", "GET", "http://a.example/"), Response(200, {"Content-Type": content_type}, body))


UNKNOWN = {f"unknown_{number}": number for number in range(14)}


def object_told(members):
    """The lines between the braces; what a member is for may have a line of its own, which is left out."""
    shown, lines = screen()
    shown.exchange(exchange(json.dumps(members), "application/json"))
    stripped = [line.strip() for line in lines]
    return [line for line in stripped[stripped.index("{") + 1 : stripped.index("}")] if not line.startswith("(")]


@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("80", 80), ("300", 100), ("20", 60)])
def test_no_line_is_longer_than_the_terminal_is_wide(fake, monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    lines = walk(*options(fake()), "--grant", "all").out.splitlines()
    assert max(map(len, lines)) <= width


@each(
    "body",
    ["a" * 1000, "a\nb" * 100, "\x00\x1b[31m", '{"a": "' + "b" * 1000 + '"}', "é" * 200, "[" * 10_000],
)
@each("content_type", ["text/plain", "application/json", "text/html"])
def test_a_body_of_any_kind_stays_short_and_harmless(body, content_type):
    shown, lines = screen()
    shown.exchange(exchange(body, content_type))
    assert len(lines) < 20
    assert all(len(line) <= 100 and (line.isprintable() or not line) for line in lines)


def test_a_terminal_without_unicode_is_spoken_to_plainly():
    shown, lines = screen("ascii")
    shown.exchange(exchange("é"))
    shown.check(Check("RFC 6749 §5.1", "It holds", True))
    shown.check(Check("RFC 6749 §5.1", "It does not", False, "this", "that"))
    assert "   + It holds [RFC 6749 section 5.1]" in lines
    assert "   x It does not [RFC 6749 section 5.1]" in lines
    assert all(line.isascii() for line in lines)


def test_what_is_expected_and_what_came_is_said_of_a_check_that_fails_alone():
    shown, lines = screen()
    shown.exchange(exchange(""))
    shown.check(Check("RFC 6749 §5.1", "It holds", True, "this", "this"))
    assert not [line for line in lines if "expected" in line]
    shown.check(Check("RFC 6749 §5.1", "It does not", False, "this", "that"))
    assert [line.strip() for line in lines[-2:]] == ["expected: this", "came: that"]


def test_a_parameter_is_explained_once():
    shown, lines = screen()
    for _ in range(2):
        shown.exchange(exchange('{"refresh_token": "a"}', "application/json"))
    assert len([line for line in lines if "gets new tokens" in line]) == 1


def test_of_a_long_object_what_is_explained_is_shown_and_the_rest_counted():
    told = object_told({"issuer": "https://a.example"} | UNKNOWN | {"token_endpoint": "https://a.example/token"})
    assert [line.split()[0] for line in told] == ['"issuer":', '"token_endpoint":', "…"]
    assert told[-1] == "… and 14 more"


def test_of_a_short_object_every_member_is_shown():
    assert len(object_told(UNKNOWN)) == len(UNKNOWN)


@pytest.mark.parametrize(("colour", "count"), [("force_color", True), ("no_color", False)])
def test_colours_are_djangos(fake, colour, count):
    out = io.StringIO()
    call_command("oauth_walk", *options(fake()), stdout=out, **{colour: True})
    assert ("\x1b[" in out.getvalue()) is count
