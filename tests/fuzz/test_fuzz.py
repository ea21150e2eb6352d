"""What ``make fuzz`` does a million times, a few thousand times: every rule of ``protocol/`` answers every text."""

import pytest

from oauth_provider.protocol.jose import JoseError
from tests.fuzz.arguments import SEPARATOR, Source
from tests.fuzz.rules import LEFT_OUT, NAMES, RULES, ask, drive
from tests.fuzz.seeds import FOUND, texts, written

# Odd in themselves, whatever a rule takes them for.
ODD = (
    "\x00",
    "\udc80",
    "\u202e",
    "[",
    "https://[",
    "{",
    "%",
    "é" * 300,
    "1" * 5000,
    '{"a":' * 40,
    "[" * 3000,
    "\ufeff",
)


def test_every_public_rule_is_driven_or_left_out_for_a_reason() -> None:
    for name in NAMES:
        ask(name, Source(b"\x00\x00\x00\x00"))
    assert len(RULES) > 100
    assert not set(LEFT_OUT) & set(RULES)


def test_every_rule_answers_every_text() -> None:
    for number in range(len(NAMES)):
        begun = number.to_bytes(2, "big")
        for text in (*texts(), *ODD):
            for choices in (bytes(4), b"\x01\x02\x03\x04"):
                drive(begun + choices + written(text))
                drive(begun + choices + written(SEPARATOR.join([text] * 4)))


@pytest.mark.parametrize(("name", "text"), FOUND, ids=lambda value: ascii(value)[:40])
def test_what_once_broke_a_rule_is_answered(name: str, text: str) -> None:
    for choices in (bytes(4), b"\x01\x01\x01\x01"):
        ask(name, Source(choices + written(text)))


def test_what_no_rule_may_raise_is_found() -> None:
    def broken(text: str) -> None:
        raise JoseError("declared") if text == "a" else KeyError(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULES, "broken", broken)
        ask("broken", Source(bytes(4) + b"a"))
        with pytest.raises(KeyError):
            ask("broken", Source(bytes(4) + b"b"))
