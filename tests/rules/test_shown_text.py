"""Text that people are shown (UAX #9): what they read is what is stored."""

import sys
import unicodedata

import pytest

from oauth_provider.protocol.authorization_details import parse_details
from oauth_provider.protocol.errors import InvalidAuthorizationDetails
from oauth_provider.protocol.shown_text import BIDI_CONTROLS, is_shown_as_stored
from tests.each import each

# What Unicode's PropList says of Bidi_Control: the marks, the embeddings and overrides, the isolates.
RANGES = [(0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)]


def test_every_control_of_direction_is_refused() -> None:
    controls = {chr(code) for first, last in RANGES for code in range(first, last + 1)}
    assert controls == BIDI_CONTROLS
    for control in controls:
        assert not is_shown_as_stored(f"12{control} / 90")


def test_no_other_character_sets_a_direction_without_being_seen() -> None:
    explicit = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    found = {chr(code) for code in range(sys.maxunicode + 1) if unicodedata.bidirectional(chr(code)) in explicit}
    assert found <= BIDI_CONTROLS


@each("text", ["a\x00", "a\tb", "a\x9b", "a\u2028b", "a\u2029b", "a\ud800", "a\nb"])
def test_what_is_no_line_of_text_is_refused(text: str) -> None:
    assert not is_shown_as_stored(text)


@each("text", ["", "Straße 5", "\u05d0\u05d1 12/90", "\u0646\u200c\u0645", "\U0001f468\u200d\U0001f469", "a\u0301"])
def test_every_script_is_shown(text: str) -> None:
    assert is_shown_as_stored(text)


def test_lines_are_allowed_where_they_are_shown_as_lines() -> None:
    assert is_shown_as_stored("a\nb", has_lines=True)
    assert not is_shown_as_stored("a\r\nb", has_lines=True)


@pytest.mark.spec("RFC 9396", "2")
@each("control", sorted(BIDI_CONTROLS), ids=ascii)
def test_no_detail_holds_one(control: str) -> None:
    for member in (f'"iban":"{control}12 / 90"', f'"{control}":1', f'"to":[{{"name":"a{control}"}}]'):
        with pytest.raises(InvalidAuthorizationDetails):
            parse_details(f'[{{"type":"t",{member}}}]')
