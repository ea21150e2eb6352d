"""Credentials: what a caller presents to prove which client it is (RFC 6749 §2.3)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """``method`` is a value of ``token_endpoint_auth_method``; neither ``secret`` nor ``proof`` is ever printed.

    ``secret`` is one that the client shares with us: the statement that finds the client tells whether it is one of
    the client's machine-made ones, and a client that proved itself by such a one may be remembered. A method that asks
    for more than that, or for something else, leaves it empty and has it in ``proof``: an assertion, for instance.
    """

    method: str
    client_id: str
    secret: str = field(default="", repr=False)
    proof: str = field(default="", repr=False)
