"""Credentials: what a caller presents to prove which client it is (RFC 6749 §2.3)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """``method`` is a value of ``token_endpoint_auth_method``; the secret is never printed."""

    method: str
    client_id: str
    secret: str = field(repr=False)
