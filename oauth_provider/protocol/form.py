"""Forms (RFC 6749 Appendix B): only urlencoded bodies, and each known parameter at most once."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from oauth_provider.protocol.errors import InvalidRequest, RequestTooLarge
from oauth_provider.protocol.reason import Reason

MAX_LENGTH = 65_536
MAX_PARAMETERS = 100
CONTENT_TYPE = "application/x-www-form-urlencoded"
# RFC 8707 §2: the one parameter that may stand there more than once.
REPEATABLE = "resource"
# Every other parameter that one of our endpoints reads, from a form or a query.
KNOWN = frozenset(
    {
        # of a request for authorization (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1 and §6)
        "response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method", "request", "request_uri", "registration", "claims", "authorization_details", "prompt",
        "max_age", "acr_values", "login_hint", "id_token_hint", "ui_locales", "claims_locales", "display", "context",
        "optional_scope",
        # of one for tokens (RFC 6749 §4.1.3 and §6), and who sends it (RFC 6749 §2.3.1, RFC 7521 §4.2)
        "grant_type", "code", "code_verifier", "refresh_token", "client_secret", "client_assertion",
        "client_assertion_type",
        # of one about a token (RFC 7009 §2.1, RFC 6750 §2.2), and of a logout (RP-Initiated Logout 1.0 §2)
        "token", "token_type_hint", "access_token", "logout_hint", "post_logout_redirect_uri", "ticket", "decision",
    }
)  # fmt: skip
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Form:
    """``parameters`` holds each parameter that has a value; ``resources`` every ``resource``.

    ``repeated`` are names that came more than once, and are known to no endpoint of ours: their values are left out.
    """

    parameters: Mapping[str, str] = field(repr=False)
    resources: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()

    def required(self, name: str) -> str:
        """Return the parameter ``name``. Raise ``InvalidRequest`` if it is missing."""
        if name not in self.parameters:
            raise InvalidRequest(Reason.PARAMETER_MISSING, name=name)
        return self.parameters[name]

    def check_single(self, names: Iterable[str]) -> None:
        """Raise ``InvalidRequest`` where one of ``names`` is repeated (RFC 6749 §3.2)."""
        if not self.repeated.isdisjoint(names):
            raise InvalidRequest(Reason.PARAMETER_REPEATED)


def check_content_type(content_type: str | None) -> None:
    """Raise ``InvalidRequest`` unless ``content_type``, given without its parameters, is that of an urlencoded form."""
    if content_type != CONTENT_TYPE:
        raise InvalidRequest(Reason.BODY_NOT_FORM, content_type=CONTENT_TYPE)


def decode_body(body: bytes) -> str:
    """Return the text of a body. Raise ``RequestTooLarge`` above 64 KiB, and ``InvalidRequest`` if it is not UTF-8."""
    if len(body) > MAX_LENGTH:
        raise RequestTooLarge(Reason.BODY_TOO_LARGE)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise InvalidRequest(Reason.BODY_NOT_UTF8) from None


def parse_form(body: str) -> Form:
    """Return the parameters of an urlencoded ``body``. An empty value counts as left out (RFC 6749 §3.2).

    An unknown parameter is ignored where it is repeated, since nobody can say which value was meant. Raises
    ``InvalidRequest`` for a known parameter that is repeated, for control characters, and for a malformed body.
    """
    try:
        pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequest(Reason.BODY_MALFORMED) from None
    counts = Counter(name for name, _value in pairs)
    for name, value in pairs:
        if counts[name] > 1 and name in KNOWN:
            raise InvalidRequest(Reason.PARAMETER_REPEATED, detail=f"repeated: {name[:64]!r}")
        if not is_text(name + value):
            raise InvalidRequest(Reason.PARAMETER_WITH_CONTROL_CHARACTERS, detail=f"in {name[:64]!r}")
    single = {name: value for name, value in pairs if value and (counts[name] == 1 or name == REPEATABLE)}
    repeated = frozenset(name for name, count in counts.items() if count > 1 and name != REPEATABLE)
    return Form(single, tuple(value for name, value in pairs if name == REPEATABLE and value), repeated)


def is_text(value: str) -> bool:
    """Is it free of control characters? No grammar allows them (RFC 6749 Appendix A), and no database stores NUL."""
    return CONTROL.search(value) is None
