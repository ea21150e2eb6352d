"""Strategies for what a hostile caller sends: any bytes, any text, and what was good before one change."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

Pair = tuple[bytes, bytes]
Pairs = list[Pair]

HUGE = b"A" * 20_000
NASTY = (
    b"", b" ", b"\x00", b"a\x00b", b"\r\nSet-Cookie: a=b", b"\n", b"\t", b"\x7f", b"\x1b[31m", b"%", b"%00", b"%zz",
    b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\xed\xb2\x80", "\u202egnp.".encode(), "\ufeff".encode(),
    "\u0130\ufb00".encode(), "\U0001f600".encode(), b"\xfc", HUGE, b"'", b"' OR ''='", b'"', b"\\", b"%s", b"{}", b"[]",
    b"null", b"-1", b"1e999", b"9" * 5000, b"true", b"<script>alert(1)</script>", b"${7*7}", b"../../etc/passwd", b"//",
    b":", b"http://[", b"http://[::1", b"https://a:99999/", b"https://user@app.example.com/callback", b"a.b.c",
    b"data:text/html,x", b"oat_", b"ort_", b"oac_" + b"0" * 49, b"ort_" + b"0" * 22 + b"_" + b"0" * 49,
    b"javascript:alert(1)", b"Bearer", b"eyJhbGciOiJub25lIn0.e30.", b"code token", b"code code", b"plain",
    b"S256 ", b"password", b'{"userinfo":{"email":null}}', b'{"id_token":{"sub":{"value":"\\u0000"}}}',
    b'{"id_token":{"sub":{"value":"\\ud800"}}}', b'{"userinfo":' * 2000, b"eyJhbGciOiJIUzI1NiJ9.e30.e30",
)  # fmt: skip
PARAMETERS = (
    b"grant_type", b"code", b"redirect_uri", b"code_verifier", b"refresh_token", b"scope", b"client_id", b"resource",
    b"client_secret", b"client_assertion", b"client_assertion_type", b"token", b"token_type_hint", b"response_type",
    b"response_mode", b"nonce", b"code_challenge", b"code_challenge_method", b"request", b"request_uri", b"state",
    b"registration", b"claims", b"choice",
    b"acr_values", b"login_hint", b"id_token_hint", b"ui_locales", b"claims_locales", b"display",
    b"prompt", b"max_age", b"ticket", b"decision", b"access_token", b"csrfmiddlewaretoken", b"",
)  # fmt: skip

texts = st.text(st.characters(codec=None), max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
values = st.one_of(st.sampled_from(NASTY), texts, st.binary(max_size=40))
names = st.one_of(st.sampled_from(PARAMETERS), values)
# What WSGI hands on: each byte as the character of the same number.
headers = st.one_of(values, st.builds(bytes.join, st.just(b" "), st.lists(values, max_size=3))).map(
    lambda value: value.decode("latin-1")
)


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """``good`` with one change."""
    places = st.integers(0, max(0, len(good) - 1))
    return st.one_of(
        places.map(lambda place: good[:place] + good[place + 1 :]),
        places.map(lambda place: good[:place] + good[place : place + 1].swapcase() + good[place + 1 :]),
        st.tuples(places, values).map(lambda drawn: good[: drawn[0]] + drawn[1] + good[drawn[0] :]),
        places.map(lambda place: good[:place]),
        st.sampled_from([good + b" ", b" " + good, good + b"\x00", good + b"\n", good * 2, good[::-1], good.upper()]),
    )


def other_than(good: bytes, name: bytes = b"") -> st.SearchStrategy[bytes]:
    """Anything at all but ``good``; and as ``code_challenge`` nothing that is one of somebody else's."""
    if name == b"code_challenge":
        return st.one_of(values, mutated(good)).filter(lambda value: len(value) != len(good))
    return st.one_of(values, mutated(good)).filter(lambda value: value != good)


def encoded(pairs: Pairs) -> bytes:
    """The pairs as a query or a form says them."""
    return b"&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}".encode() for name, value in pairs)


@st.composite
def spoilt(draw: Any, good: Pairs, needed: Sequence[bytes]) -> bytes:
    """A form in which at least one of the ``needed`` parameters is not what it was, or is there twice."""
    pairs = list(good)
    for name, value in draw(st.lists(st.tuples(names, values), max_size=3)):
        pairs = [pair for pair in pairs if pair[0] != name]
        pairs.insert(draw(st.integers(0, len(pairs))), (name, value))
    name = draw(st.sampled_from(needed))
    match draw(st.sampled_from(["replace", "replace", "replace", "drop", "repeat", "swap", "flood"])):
        case "drop":
            pairs = [pair for pair in pairs if pair[0] != name]
        case "repeat":
            again = st.sampled_from([value for given, value in good if given == name])
            pairs = [*good, (name, draw(st.one_of(again, values)))]
        case "swap":
            others = [value for given, value in good if given != name and value != dict(good)[name]]
            pairs = [pair for pair in pairs if pair[0] != name] + [(name, draw(st.sampled_from(others)))]
        case "flood":
            pairs += [(b"p%d" % number, b"") for number in range(draw(st.sampled_from([101, 2000])))]
        case _:
            pairs = [pair for pair in pairs if pair[0] != name] + [(name, draw(other_than(dict(good)[name], name)))]
    return encoded(pairs) + draw(st.sampled_from([b"", b"", b"&", b"&&=&", b"&%", b"&\xff=\xff", b";a=b", b"&a"]))
