"""Denials (RFC 7009 §3): what travels, and what is no denial however it was meant."""

import json

import pytest

from oauth_provider.protocol.denylist import KINDS, LEEWAY, Denial, merge_for_client, parse
from tests.each import each

pytestmark = pytest.mark.spec("RFC 7009", "3")

GOOD = {"iss": "https://as.example", "kind": "token", "id": "x", "exp": 2_000_000_000}


@each("kind", KINDS)
@each("before", [None, 1_900_000_000])
def test_what_is_sent_is_what_arrives(kind, before):
    denial = Denial("https://as.example", kind, "an id", 2_000_000_000, before)
    assert parse(denial.text()) == denial
    assert denial.text() == Denial(**json.loads(denial.text())).text()


def test_a_denial_may_name_the_client():
    denial = Denial("https://as.example", "token", "x", 2_000_000_000, client="an app")
    assert parse(denial.text()) == denial
    assert json.loads(denial.text())["client"] == "an app"


def test_one_denial_stands_for_all_of_a_client():
    several = [Denial("i", "token", "x", 30, client="c"), Denial("i", "authorization", "y", 50, 5, client="c")]
    assert merge_for_client(several, 20) == Denial("i", "client", "c", 50, 20 + LEEWAY)


@each(
    "others",
    [
        [Denial("i", "token", "x", 30)],
        [Denial("i", "token", "x", 30, client="c"), Denial("i", "token", "y", 30, client="d")],
        [Denial("i", "token", "x", 30, client="c"), Denial("j", "token", "y", 30, client="c")],
        [Denial("i", "token", "x", 30, client="c"), Denial("i", "token", "y", 30)],
    ],
)
def test_nothing_stands_for_the_denials_of_several(others):
    with pytest.raises(ValueError, match="one client"):
        merge_for_client(others, 20)


def test_a_denial_leaves_out_unknown_members():
    assert set(json.loads(Denial("i", "token", "x", 1).text())) == {"iss", "kind", "id", "exp"}


def test_members_of_later_versions_are_passed_over():
    assert parse(json.dumps(GOOD | {"why": {"not": [1]}})) == Denial(**GOOD)


@each(
    "text",
    [
        "",
        "x",
        "null",
        "7",
        '"token"',
        "[]",
        "{}",
        "[" * 5000,
        '{"a":' * 800,
        "{" + '"iss": "i", ' * 2 + '"kind": "token", "id": "x", "exp": 2000000000}',
        json.dumps(GOOD)[:-1],
        json.dumps(GOOD) + "x",
        json.dumps(GOOD | {"more": "x" * 5000}),
        json.dumps(GOOD).replace("2000000000", "NaN"),
        json.dumps(GOOD).replace("2000000000", "1e999"),
        json.dumps(GOOD).replace("2000000000", "9" * 4000),
        *(
            json.dumps(GOOD | {member: value})
            for member in ("iss", "kind", "id")
            for value in (None, "", 7, True, ["token"], {"token": 1})
        ),
        *(json.dumps(GOOD | {"exp": value}) for value in (None, True, "2000000000", 1.5, -1, 2**60, [])),
        *(json.dumps(GOOD | {"client": value}) for value in ("", 7, True, ["c"], {})),
        *(json.dumps(GOOD | {"before": value}) for value in (True, "1", 1.5, -1, 2**60, [])),
        *(json.dumps({name: value for name, value in GOOD.items() if name != missing}) for missing in GOOD),
        json.dumps(GOOD | {"kind": "everybody"}),
    ],
)
def test_anything_else_is_no_denial(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says of it
        parse(text)
