"""Reason codes: every refusal has one, each is documented, and none tells a stranger more than its words."""

import re
import string
from pathlib import Path

import pytest

from oauth_provider.protocol.errors import InvalidGrant, InvalidRequest
from oauth_provider.protocol.reason import Reason
from tests.each import each
from tests.events.refusals import made_errors

SOURCE = Path(__file__).parents[2] / "oauth_provider"


def test_every_error_is_made_with_a_reason():
    every = made_errors()
    assert len(every) > 150
    without = [made for made in every if made.reason is None]
    assert [made.place for made in without if not made.place.startswith("rest_framework/testing")] == []


def test_every_reason_is_given_somewhere():
    text = "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))
    given = set(re.findall(r"\bReason\.([A-Z][A-Z0-9_]+)", text))
    assert {reason.name for reason in Reason} - given == set()


@pytest.mark.spec("RFC 6749", "5.2")
@each("reason", Reason, ids=lambda reason: reason.code)
def test_the_words_are_printable_ascii_without_quotes_that_a_header_could_not_hold(reason):
    assert set(reason.text) <= set(string.printable) - set('"\\\n\r\t')


def test_the_words_are_filled_in():
    error = InvalidRequest(Reason.PARAMETER_MISSING, name="code")
    assert (error.reason.code, error.description) == ("parameter_missing", "code is missing.")


def test_a_projects_own_words_are_told_without_a_reason():
    error = InvalidGrant("Not on Sundays.", detail="it is Sunday")
    assert (error.reason, error.description, error.detail) == (Reason.UNSPECIFIED, "Not on Sundays.", "it is Sunday")


@pytest.mark.spec("RFC 6749", "5.2")
@each(
    "alike",
    [
        ("CLIENT_UNKNOWN", "CLIENT_SECRET_WRONG", "CLIENT_METHOD_NOT_ALLOWED", "CLIENT_SUSPENDED"),
        ("CODE_UNKNOWN", "CODE_OF_ANOTHER_CLIENT"),
        ("REFRESH_TOKEN_UNKNOWN", "REFRESH_TOKEN_OF_ANOTHER_CLIENT"),
        ("USER_NOT_SIGNED_IN", "USER_NEVER_AGREED"),
    ],
    ids=lambda alike: alike[0].lower(),
)
def test_what_a_stranger_must_not_tell_apart_has_the_same_words(alike):
    assert len({Reason[name].text for name in alike}) == 1
