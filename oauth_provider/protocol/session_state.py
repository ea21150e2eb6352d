"""``session_state`` (OpenID Connect Session Management 1.0 §3.2), by which a client asks if the session changed."""

from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.origin import origin_of


def session_state_of(*, client_id: str, redirect_uri: str, browser_state: str, salt: str) -> str:
    """Return the salted digest that static/oauth_provider/check_session.js computes too; "" for an app without pages.

    ``browser_state`` is the present value of the browser's cookie. It cannot be told from the digest, and a page of
    another origin than ``redirect_uri`` gets another digest.
    """
    origin = origin_of(redirect_uri)
    return f"{digest(f'{client_id} {origin} {browser_state} {salt}')}.{salt}" if origin else ""
