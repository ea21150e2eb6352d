"""Checks of sessions (RFC 6749 §3.1): pages know a person by the session, so it must be there, and come along."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.utils.module_loading import import_string

from oauth_provider.checks.registration import register
from oauth_provider.checks.urls import is_mounted

AUTHORIZE = "oauth_provider:authorize"
SESSIONS = "django.contrib.sessions"
SESSION = f"{SESSIONS}.middleware.SessionMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
# Engines that keep sessions in the table of that app.
IN_TABLE = (f"{SESSIONS}.backends.db", f"{SESSIONS}.backends.cached_db")


@register(Tags.security)
def check_session_middleware(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E118: no session, so the pages fail. W117: no ``request.user``, so the project's own pages know nobody."""
    if not is_mounted(AUTHORIZE):
        return []
    session, authentication = _place_of(SESSION), _place_of(AUTHENTICATION)
    if session is None:
        return [_error("MIDDLEWARE has no SessionMiddleware", f"Add {SESSION!r} to MIDDLEWARE.")]
    if authentication is not None and authentication < session:
        hint = f"Put {SESSION!r} before {AUTHENTICATION!r}."
        return [_error("MIDDLEWARE has SessionMiddleware behind AuthenticationMiddleware, which needs it", hint)]
    if settings.SESSION_ENGINE in IN_TABLE and not apps.is_installed(SESSIONS):
        hint = f"Add {SESSIONS!r} to INSTALLED_APPS, or set SESSION_ENGINE to another one."
        return [_error(f"INSTALLED_APPS has no {SESSIONS!r}, which SESSION_ENGINE needs", hint)]
    if authentication is not None:
        return []
    return [
        Warning(
            "MIDDLEWARE has no AuthenticationMiddleware, so request.user is nobody on the project's own pages.",
            hint=f"Add {AUTHENTICATION!r} to MIDDLEWARE, behind SessionMiddleware.",
            id="oauth_provider.W117",
        )
    ]


@register(Tags.security)
def check_session_cookie(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W118: the session cookie is not kept, or does not come along from a client's page."""
    same_site = str(settings.SESSION_COOKIE_SAMESITE).lower()
    if same_site == "strict":
        why = "is 'Strict': who comes from a client is taken for somebody who is not signed in"
        hint = "Set it to 'Lax', Django's default. With 'Strict' people sign in each time, and prompt=none never works."
    elif same_site == "none" and not settings.SESSION_COOKIE_SECURE:
        why = "is 'None', and SESSION_COOKIE_SECURE is off: browsers keep no such cookie, and nobody stays signed in"
        hint = "Set it to 'Lax', Django's default; or set SESSION_COOKIE_SECURE, and serve this site by https alone."
    else:
        return []
    if not is_mounted(AUTHORIZE):
        return []
    return [Warning(f"SESSION_COOKIE_SAMESITE {why}.", hint=hint, id="oauth_provider.W118")]


def _place_of(middleware: str) -> int | None:
    """Return the index of a middleware of this kind in ``MIDDLEWARE``; None where there is none.

    A class of that name will do, whoever wrote it: it may keep sessions elsewhere.
    """
    wanted = middleware.rpartition(".")[2]
    return next((index for index, path in enumerate(settings.MIDDLEWARE) if wanted in _names_of(path)), None)


def _names_of(path: str) -> list[str]:
    try:
        found = import_string(path)
    except ImportError:
        found = None
    return [path.rpartition(".")[2], *(base.__name__ for base in getattr(found, "__mro__", ()))]


def _error(what: str, hint: str) -> CheckMessage:
    return Error(f"{what}: every page of the provider fails.", hint=hint, id="oauth_provider.E118")
