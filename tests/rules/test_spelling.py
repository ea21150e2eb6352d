"""Spelling: which name a misspelt one was meant to be."""

from oauth_provider.protocol.spelling import MAX_KNOWN, MAX_LENGTH, find_similar, with_guess
from tests.each import each

SCOPES = ("notes:read", "notes:write", "photos:read")


@each(
    ("name", "known", "meant"),
    [
        ("ISUER", ("ISSUER", "SCOPES"), "ISSUER"),
        ("issuer", ("ISSUER", "SCOPES"), "ISSUER"),
        ("Scope", ("ISSUER", "SCOPES"), "SCOPES"),
        ("DEFAULT_SCOPE", ("SCOPES", "DEFAULT_SCOPES"), "DEFAULT_SCOPES"),
        ("notes:raed", SCOPES, "notes:read"),
        ("notes.read", SCOPES, "notes:read"),
        ("authorisation_code", ("refresh_token", "authorization_code"), "authorization_code"),
        ("authorization-code", ("refresh_token", "authorization_code"), "authorization_code"),
    ],
)
def test_a_misspelt_name_is_found(name: str, known: tuple[str, ...], meant: str) -> None:
    assert find_similar(name, known) == meant


@each("name", ["", "admin", "x", "n", None, 7, b"notes:read", ["notes:read"], "é" * 10])
def test_nothing_is_made_of_what_is_like_no_name(name: object) -> None:
    assert find_similar(name, SCOPES) == ""
    assert with_guess(name, SCOPES, "Do it.") == "Do it."


def test_a_guess_stands_before_the_hint() -> None:
    assert with_guess("notes:raed", SCOPES, "Do it.") == "Did you mean 'notes:read'? Do it."


def test_long_names_and_names_behind_many_others_are_not_compared() -> None:
    assert find_similar("a" * (MAX_LENGTH + 1), ["a" * MAX_LENGTH]) == ""
    assert find_similar("notes:raed", [*(f"x{number}" for number in range(MAX_KNOWN)), "notes:read"]) == ""


def test_names_that_differ_in_case_alone_are_told_as_they_are_written() -> None:
    assert find_similar("read", ["Read", "READ"]) == "Read"
