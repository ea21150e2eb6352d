"""The ``claims`` parameter (OpenID Connect Core §5.5): which claims a client asks for, and where it wants them."""

from collections.abc import Mapping
from typing import Any

from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.strict_json import is_storable, parse_object

MAX_LENGTH = 8192
MAX_DEPTH = 8
MAX_ELEMENTS = 1_000
MAX_CLAIMS = 100

USERINFO, ID_TOKEN = "userinfo", "id_token"
MEMBERS = (USERINFO, ID_TOKEN)
WORDS = ("essential", "value", "values")

# Claims by their names, each with what is asked of it; nothing, where it is wanted as any other.
Asked = Mapping[str, Mapping[str, Any]]


def parse_claims(text: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the claims that the parameter asks for, by member and name; {} where it was left out.

    ``{"userinfo": {"email": {"essential": True}}, "id_token": {"acr": {}}}``. Unknown members are ignored (§5.5).
    Raises ``InvalidRequest``.
    """
    if not text:
        return {}
    if len(text) > MAX_LENGTH:
        raise InvalidRequest(Reason.CLAIMS_TOO_LONG)
    try:
        parsed = parse_object(text, max_depth=MAX_DEPTH, max_elements=MAX_ELEMENTS)
    except ValueError as error:
        raise InvalidRequest(Reason.CLAIMS_MALFORMED, detail=f"claims: {error}") from None
    if not is_storable(parsed):
        raise InvalidRequest(Reason.PARAMETER_CHARACTERS, name="claims")
    return {member: _claims(parsed[member], member) for member in MEMBERS if member in parsed}


def requested_claims(claims: Mapping[str, Asked], member: str) -> Asked:
    """Return the claims that ``member`` asks for. ``claims`` has the shape that ``parse_claims`` returns."""
    return claims.get(member) or {}


def requested_subject(claims: Mapping[str, Asked]) -> str | None:
    """Return the one ``sub`` that the ID token may be about (§5.5.1), or None where any is accepted."""
    value = requested_claims(claims, ID_TOKEN).get("sub", {}).get("value")
    return None if value is None else str(value)


def _claims(listed: Any, member: str) -> dict[str, dict[str, Any]]:
    if not isinstance(listed, dict):
        raise InvalidRequest(Reason.CLAIMS_MEMBER_NO_OBJECT, member=member)
    if len(listed) > MAX_CLAIMS:
        raise InvalidRequest(Reason.CLAIMS_TOO_MANY, member=member)
    return {name: _wanted(wanted, member) for name, wanted in listed.items()}


def _wanted(wanted: Any, member: str) -> dict[str, Any]:
    if wanted is None:
        return {}
    if not isinstance(wanted, dict):
        raise InvalidRequest(Reason.CLAIM_NO_OBJECT, member=member)
    if not isinstance(wanted.get("essential", False), bool) or not isinstance(wanted.get("values", []), list):
        raise InvalidRequest(Reason.CLAIM_MALFORMED, member=member)
    return {word: wanted[word] for word in WORDS if word in wanted}
