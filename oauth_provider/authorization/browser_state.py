"""The browser state (OpenID Connect Session Management 1.0 §3.2): a text that a login and a logout change.

A script of ours reads it from a cookie, in a frame of anybody's page. So it says nothing and is good for nothing: it is
neither the session's key nor its ``sid``, which clients know, and cannot be made from them.
"""

from collections.abc import Collection

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from oauth_provider.authorization.destination import Destination
from oauth_provider.authorization.sign_in import recorded
from oauth_provider.conf import provider_settings
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.session_state import session_state_of
from oauth_provider.protocol.token_string import random_text
from oauth_provider.resource_server.users.session_user import session_user_id

SALT = "oauth_provider.authorization.browser_state"
SALT_LENGTH = 22


def browser_state(http: HttpRequest) -> str:
    """The state of this browser; empty where nobody is signed in. Costs no statement but the session's own."""
    user = session_user_id(http)
    if user is None:
        return ""
    return salted_hmac(SALT, f"{recorded(http).sid} {user}", algorithm="sha256").hexdigest()


def session_state(http: HttpRequest, destination: Destination, scope: Collection[str]) -> str:
    """Return the ``session_state`` for the client of ``destination``; empty where the answer signs nobody in."""
    if not provider_settings.SESSION_MANAGEMENT or OPENID not in scope:
        return ""
    return session_state_of(
        client_id=destination.client.client_id,
        redirect_uri=destination.redirect_uri,
        browser_state=browser_state(http),
        salt=random_text(SALT_LENGTH),
    )
