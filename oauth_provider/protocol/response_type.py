"""Response types (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Type Encoding Practices §3 and §5).

``code`` is always served. All others put tokens into the browser and are legacy (RFC 9700 §2.1.2).
"""

CODE, ID_TOKEN, TOKEN = "code", "id_token", "token"
HYBRID = ("code id_token", "code token", "code id_token token")
IMPLICIT = ("id_token", "id_token token", "token")
# The grant of what is issued without a code (RFC 7591 §2.1); no token endpoint knows it.
IMPLICIT_GRANT = "implicit"
LEGACY = (*HYBRID, *IMPLICIT)
# Nothing longer is one of them, in whatever order.
MAX_LENGTH = max(map(len, LEGACY))


def parts_of(response_type: str) -> frozenset[str]:
    """Return the values of ``response_type``: what the client asks the authorization endpoint for."""
    return frozenset(response_type.split(" "))


def canonical(response_type: str) -> str:
    """Return ``response_type`` in the order that this server uses; an unknown one is returned unchanged."""
    if len(response_type) > MAX_LENGTH:
        return response_type
    return next((known for known in LEGACY if is_same(known, response_type)), response_type)


def is_same(one: str, other: str) -> bool:
    """Are these the same values, each once, in any order?"""
    return sorted(one.split(" ")) == sorted(other.split(" "))


def is_front_channel(response_type: str) -> bool:
    """Does the answer hold a token? Then it must be in no query (Multiple Response Types §5)."""
    return bool(parts_of(response_type) & {ID_TOKEN, TOKEN})
