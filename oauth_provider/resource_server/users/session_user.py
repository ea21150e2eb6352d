"""Person of a session (RFC 9700 §2.3): decides on our pages, and may pass guards without a token.

``request.user`` may be somebody else: middleware can set it from an access token, which belongs to an app and not to a
person. Only this file reads it; pages, guards and the admin ask here.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

# By name, as all of django.contrib.auth here: a machine that only takes tokens has no users and imports none of it.
SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY = "_auth_user_id", "_auth_user_backend", "_auth_user_hash"
TOKEN_BACKEND = "oauth2_provider.backends.OAuth2Backend"
NOBODY = "django.contrib.auth.models.AnonymousUser"


def session_user(request: HttpRequest) -> Any:
    """Return the user signed in to the session of ``request``, active or not, or None.

    ``request.user`` is set to that user, whatever a middleware had set.
    """
    given = getattr(request, "user", None)
    user = _find(request, given)
    if user is not None and user is not given:
        request.user = user
    return user


def active_session_user(request: HttpRequest) -> Any:
    """Return the user signed in to the session of ``request``, or None where nobody is, or the user is inactive."""
    user = session_user(request)
    return user if getattr(user, "is_active", user is not None) else None


def restrict_to_session(request: HttpRequest) -> None:
    """Set ``request.user`` to the person of the session, or to an anonymous user. It is looked up when first read."""
    given = getattr(request, "user", None)
    if given is not None:
        request.user = SimpleLazyObject(lambda: _find(request, given) or import_string(NOBODY)())  # type: ignore[assignment]


def session_user_id(request: HttpRequest) -> str | None:
    """Return the primary key of the session's user as text, without a database query on users; None for nobody."""
    session = getattr(request, "session", None)
    if session is None or not _is_of_person(session.get(BACKEND_SESSION_KEY)):
        return None
    known: str | None = session.get(SESSION_KEY)
    return known


@cache
def is_token_backend(path: str) -> bool:
    """Does this authentication backend identify people by access tokens? True for DOT's and its subclasses."""
    return is_derived(path, TOKEN_BACKEND)


def is_derived(path: str, base: str) -> bool:
    """Is the class at ``path`` the class ``base`` or a subclass of it?"""
    try:
        found = import_string(path)
    except ImportError:
        return False
    return any(f"{one.__module__}.{one.__qualname__}" == base for one in getattr(found, "__mro__", ()))


def _is_of_person(backend: Any) -> bool:
    return backend in settings.AUTHENTICATION_BACKENDS and not is_token_backend(backend)


def _find(request: HttpRequest, given: Any) -> Any:
    if session_user_id(request) is None:
        return None
    user = given if _is_proven(given, request) else import_string("django.contrib.auth.get_user")(request)
    return user if user.is_authenticated else None


def _is_proven(user: Any, request: HttpRequest) -> bool:
    """Is ``user`` the session's user with the password it had at login? Django checks this for users that it loads."""
    if not getattr(user, "is_authenticated", False) or not hasattr(user, "_meta") or hasattr(user, "unmasked"):
        return False
    session: Any = request.session
    if session.get(SESSION_KEY) != user._meta.pk.value_to_string(user):
        return False
    make_hash = getattr(user, "get_session_auth_hash", None)
    return make_hash is None or constant_time_compare(session.get(HASH_SESSION_KEY, ""), make_hash())
