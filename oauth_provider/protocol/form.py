"""Forms (RFC 6749 Appendix B): urlencoded bodies alone, and each parameter once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from oauth_provider.protocol.errors import InvalidRequest, RequestTooLarge

MAX_LENGTH = 65_536
MAX_PARAMETERS = 100
CONTENT_TYPE = "application/x-www-form-urlencoded"
# RFC 8707 §2: the one parameter that may stand there more than once.
REPEATABLE = "resource"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Form:
    """``parameters`` holds each parameter that has a value; ``resources`` every ``resource``."""

    parameters: Mapping[str, str] = field(repr=False)
    resources: tuple[str, ...] = ()

    def required(self, name: str) -> str:
        """The parameter ``name``. Raises ``InvalidRequest`` if it is missing."""
        if name not in self.parameters:
            raise InvalidRequest(f"{name} is missing.")
        return self.parameters[name]


def check_content_type(content_type: str | None) -> None:
    """Raise ``InvalidRequest`` for anything but an urlencoded form; ``content_type`` without its parameters."""
    if content_type != CONTENT_TYPE:
        raise InvalidRequest(f"The body must be {CONTENT_TYPE}.")


def decode_body(body: bytes) -> str:
    """The text of a body. Raises ``RequestTooLarge`` above 64 KiB, and ``InvalidRequest`` if it is no UTF-8."""
    if len(body) > MAX_LENGTH:
        raise RequestTooLarge("The body is too large.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise InvalidRequest("The body is not UTF-8.") from None


def parse_form(body: str) -> Form:
    """The parameters of an urlencoded ``body``. What has no value counts as left out (RFC 6749 §3.2).

    Raises ``InvalidRequest`` for what is repeated, holds control characters, or cannot be read.
    """
    try:
        pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequest("The body is malformed.") from None
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name in parameters and name != REPEATABLE:
            raise InvalidRequest("A parameter is repeated.", detail=f"repeated: {name[:64]!r}")
        if not is_text(name + value):
            raise InvalidRequest("A parameter holds control characters.", detail=f"in {name[:64]!r}")
        parameters[name] = value
    resources = tuple(value for name, value in pairs if name == REPEATABLE and value)
    return Form({name: value for name, value in parameters.items() if value}, resources)


def is_text(value: str) -> bool:
    """No control characters: they are in no parameter's grammar (RFC 6749 Appendix A), and NUL in no database."""
    return CONTROL.search(value) is None
