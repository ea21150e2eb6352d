"""Comparison of redirect URIs (RFC 9700 §2.1), character by character."""

import pytest

from oauth_provider.protocol.redirect_uri_comparison import MAX_LENGTH, Piece, compare, nearest

pytestmark = pytest.mark.spec("RFC 9700", "2.1")

REGISTERED = ("https://app.example.com/callback", "http://localhost:3000/cb?env=dev")


def test_the_pieces_are_both_uris_whole_and_say_where_they_differ() -> None:
    pieces = compare("https://app.example.com/Callback/", REGISTERED[0])
    assert "".join(one.presented for one in pieces) == "https://app.example.com/Callback/"
    assert "".join(one.registered for one in pieces) == REGISTERED[0]
    assert [one for one in pieces if one.differs] == [Piece("C", "c"), Piece("/", "")]
    assert [one.differs for one in compare(REGISTERED[0], REGISTERED[0])] == [False]


def test_a_letter_of_another_script_and_a_space_are_told_by_name() -> None:
    pieces = compare("https://\u0430pp.example.com/callback\u200b", REGISTERED[0])
    assert [name for one in pieces for name in one.unusual] == [
        "U+0430 CYRILLIC SMALL LETTER A",
        "U+200B ZERO WIDTH SPACE",
    ]


def test_the_nearest_is_that_with_the_most_in_common_and_nothing_of_none() -> None:
    assert nearest("http://127.0.0.1:3000/cb?env=dev", REGISTERED) == REGISTERED[1]
    assert nearest("https://app.example.com/cb", REGISTERED) == REGISTERED[0]
    assert not nearest("https://app.example.com/cb", ())
    assert compare("x", "") == (Piece("x", ""),)


def test_what_is_too_long_is_compared_as_far_as_that_and_nothing_is_lost() -> None:
    long = "a" * (MAX_LENGTH + 5)
    assert compare(long, long) == (Piece("a" * MAX_LENGTH, "a" * MAX_LENGTH), Piece("a" * 5, "a" * 5))
    assert "".join(one.registered for one in compare("b", long)) == long
