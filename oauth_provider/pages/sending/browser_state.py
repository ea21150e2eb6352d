"""The cookie of the browser state (OpenID Connect Session Management 1.0 §3.2), which the frame's script reads."""

from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse

from oauth_provider.authorization.browser_state import browser_state
from oauth_provider.conf import provider_settings
from oauth_provider.resource_server.database_outage import is_outage

# static/oauth_provider/check_session.js knows it by this name.
COOKIE = "oauth_browser_state"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def keep_browser_state(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """``response`` with the cookie of this moment, where the browser has another one, and the session was looked at.

    Where sessions cannot be read at the moment it stays as it is: it says so itself, or was made before.
    """
    session = getattr(request, "session", None)
    if session is None or not session.accessed or not provider_settings.SESSION_MANAGEMENT:
        return response
    try:
        state = browser_state(request)
    except Error as error:
        if not is_outage(error):
            raise
        return response
    if state == request.COOKIES.get(COOKIE, ""):
        return response
    is_secure = may_be_secure(request)
    # Frames of other sites get none but these; where it may not be secure, browsers refuse "None".
    same_site: Literal["None", "Lax"] = "None" if is_secure else "Lax"
    path, domain = settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN
    if not state:
        response.delete_cookie(COOKIE, path=path, domain=domain, samesite=same_site)
        return response
    lifetime = None if session.get_expire_at_browser_close() else session.get_expiry_age()
    response.set_cookie(COOKIE, state, max_age=lifetime, path=path, domain=domain, secure=is_secure, samesite=same_site)
    return response


def may_be_secure(request: HttpRequest) -> bool:
    """Over https, and over http on this very machine, which browsers trust as much."""
    if request.is_secure() or provider_settings.ISSUER.startswith("https:"):
        return True
    return urlsplit(f"//{request.get_host()}").hostname in LOOPBACK
