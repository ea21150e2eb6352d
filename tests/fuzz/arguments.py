"""Arguments of the rules, made of arbitrary bytes by what their annotations say."""

import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import SplitResult, urlsplit

from oauth_provider.protocol.authentication_request import PROMPTS
from oauth_provider.protocol.authorization_details import AuthorizationDetailsType, parse_details
from oauth_provider.protocol.claims import parse_claims
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.jose import ALGORITHMS, Key, generate_key
from oauth_provider.protocol.registration import Registration
from oauth_provider.protocol.strict_json import parse_array, parse_object

# Parts one argument from the next, and stands in none.
SEPARATOR = "\x1e"
KEYS = tuple(generate_key(alg)[0] for alg in ALGORITHMS)
TYPES = {
    "payment": AuthorizationDetailsType("payment", narrowable=("actions",)),
    "t": AuthorizationDetailsType("t"),
}
NUMBERS = (0, 1, -1, 8, 2**31, 2**53, 1_700_000_000)


class Source:
    """Arbitrary bytes as a sequence of texts and choices: what is asked for beyond their end is empty."""

    def __init__(self, data: bytes) -> None:
        self.choices, self.raw = list(data[:4]), data[4:]
        # Half characters come of what is no UTF-8: texts of ours may hold them wherever JSON was read.
        self.texts = self.raw.decode("utf-8", "surrogateescape").split(SEPARATOR)

    def choice(self, number: int) -> int:
        """One of the numbers below ``number``."""
        return (self.choices.pop() if self.choices else 0) % number

    def text(self) -> str:
        """The next text."""
        return self.texts.pop(0) if self.texts else ""

    def json(self) -> Any:
        """A value of JSON, as our parser lets it in; the text itself where it is none."""
        text = self.text()
        for parse in (parse_object, parse_array):
            try:
                return parse(text)
            except ValueError:
                continue
        return text

    def members(self) -> dict[str, Any]:
        """An object of JSON."""
        value = self.json()
        return value if isinstance(value, dict) else {"type": value, "aud": value, "kty": value}

    def details(self) -> tuple[dict[str, Any], ...]:
        """Authorization details as they get past the endpoint."""
        text = self.text()
        try:
            return parse_details(text) or ({"type": "t"},)
        except OAuthError:
            return ({"type": "payment", "locations": [text], "actions": [text]},)

    def claims(self) -> dict[str, Any]:
        """The ``claims`` parameter as it gets past the endpoint."""
        try:
            return parse_claims(self.text())
        except OAuthError:
            return {}

    def parts(self) -> SplitResult:
        """The parts of a URL."""
        try:
            return urlsplit(self.text())
        except ValueError:
            return SplitResult("https", "example.com", "/", "", "")


BY_TYPE: dict[Any, Callable[[Source], Any]] = {
    str: Source.text,
    bytes: lambda source: source.raw,
    bool: lambda source: bool(source.choice(2)),
    int: lambda source: NUMBERS[source.choice(len(NUMBERS))],
    float: lambda source: float(NUMBERS[source.choice(len(NUMBERS))]),
    Any: Source.json,
    object: Source.json,
    Key: lambda source: KEYS[source.choice(len(KEYS))],
    Registration: lambda source: Registration(is_public=True, redirect_uris=(source.text(),)),
    SplitResult: Source.parts,
    Callable[[str], str]: lambda source: str,
    date: lambda source: date(2026, 1, 1 + source.choice(31)),
}
# Where a name says more than its type: values that the rules before this one let through.
BY_NAME: dict[tuple[str, str], Callable[[Source], Any]] = {
    ("", "types"): lambda source: TYPES,
    ("", "details"): Source.details,
    ("", "detail"): lambda source: source.details()[0],
    ("authorization_details.is_part", "requested"): lambda source: source.details()[0],
    ("authorization_details.is_part", "granted"): lambda source: source.details()[0],
    ("authorization_details.narrow_details", "requested"): Source.details,
    ("authorization_details.narrow_details", "granted"): Source.details,
    ("claims.requested_claims", "claims"): Source.claims,
    ("claims.requested_subject", "claims"): Source.claims,
    ("jose.left_half_hash", "alg"): lambda source: tuple(ALGORITHMS)[source.choice(len(ALGORITHMS))],
    ("authentication_request.parse_prompt", "supported"): lambda source: PROMPTS,
}


def arguments_of(name: str, rule: Callable[..., Any], source: Source) -> dict[str, Any]:
    """By their names. Raises ``TypeError`` for an annotation that nothing is known of."""
    hints = typing.get_type_hints(rule)
    hints.pop("return", None)
    made = {}
    for parameter, hint in hints.items():
        special = BY_NAME.get((name, parameter)) or BY_NAME.get(("", parameter))
        made[parameter] = special(source) if special else _value(hint, source)
    return made


def _value(hint: Any, source: Source) -> Any:
    if hint in BY_TYPE:
        return BY_TYPE[hint](source)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _value(inner[source.choice(len(inner))], source)
    if hint is type(None):
        return None
    if origin is Mapping:
        return source.members() if inner[1] is Any else {source.text(): _value(inner[1], source)}
    if origin in (Iterable, Collection, tuple):
        return KEYS if inner[0] is Key else tuple(source.text().split(" ")) if inner[0] is str else ()
    raise TypeError(f"no argument can be made for {hint!r}")
