"""Preflights (Fetch §3.2.2): which request headers a script may send."""

import pytest

from oauth_provider.protocol.cors import MAX_HEADERS, MAX_LENGTH, allowed_headers, preflight_headers
from tests.each import each

pytestmark = pytest.mark.spec("Fetch", "3.2")

ALWAYS = ("Authorization", "Content-Type")


@each(
    ("requested", "allowed"),
    [
        ("", ALWAYS),
        ("mcp-protocol-version", (*ALWAYS, "mcp-protocol-version")),
        ("authorization,content-type", ALWAYS),
        (
            "dpop, x-requested-with ,\tmcp-protocol-version",
            (*ALWAYS, "dpop", "x-requested-with", "mcp-protocol-version"),
        ),
        ("X-One,x-one", (*ALWAYS, "X-One")),
        (",, ,", ALWAYS),
        ("*", ALWAYS),
        ("x-good, x bad, x\r\nSet-Cookie: a=b, x:y, <b>, \u202ex, \x00, é", (*ALWAYS, "x-good")),
        ("x-" + "a" * 63, ALWAYS),
    ],
    ids=str,
)
def test_names_that_are_asked_for_are_allowed_and_nothing_else_is(requested: str, allowed: tuple[str, ...]) -> None:
    assert allowed_headers(requested) == allowed


def test_what_is_echoed_is_bounded() -> None:
    assert allowed_headers("a" * (MAX_LENGTH + 1)) == ALWAYS
    assert allowed_headers("x-a," * (MAX_LENGTH // 4 + 1)) == ALWAYS
    many = ",".join(f"x{number}" for number in range(MAX_HEADERS * 3))
    assert len(allowed_headers(many)) == MAX_HEADERS
    assert len(preflight_headers("*", "GET", many)["Access-Control-Allow-Headers"]) <= 2 * MAX_LENGTH


def test_no_answer_to_a_preflight_invites_cookies() -> None:
    assert "Access-Control-Allow-Credentials" not in preflight_headers("*", "GET", "cookie")
