"""The record that a session keeps of its sign-in: its time and its identifier (OpenID Connect Core §2)."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, logout
from django.http import HttpRequest
from django.utils import timezone

from oauth_provider.authorization.flushed_session import flushed
from oauth_provider.events.actor import person_behind
from oauth_provider.protocol.token_string import SECRET_LENGTH, random_text
from oauth_provider.resource_server.users.session_user import is_token_backend, session_user
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.logout import end_sessions
from oauth_provider.tokens.subject import public_subject

logger = logging.getLogger("oauth_provider.authorization")

SIGN_IN = "oauth_provider.sign_in"
BINDING = "oauth_provider.binding"
MOST_FORMER = 20


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in as a token tells of it. ``auth_time`` is None where nobody knows; ``sid`` is new at each login.

    The session is over at ``ends_at``.
    """

    auth_time: datetime | None
    sid: str
    acr: str = ""
    amr: tuple[str, ...] = ()
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of a session: ``seconds`` since the epoch, the ``sid``, and whether a demand was met with it."""

    seconds: float | None = None
    sid: str = ""
    spent: bool = False


def remember(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: this session was authenticated now, whatever ``last_login`` says."""
    if request is None or not hasattr(request, "session"):
        return
    if request.session.get(SESSION_KEY) != user._meta.pk.value_to_string(user):
        return  # as where an API logs somebody in to a token: the person of this session did not sign in
    # Who signs in again without logging out goes on in the same session: all of it ends with the logout.
    former = former_of(request, user)[-MOST_FORMER:]
    request.session.pop(SIGN_IN, None)
    if is_token_backend(request.session.get(BACKEND_SESSION_KEY, "")):
        logger.warning("A session that an access token signed in to is nobody's: log people in by another backend.")
        keep_former(request, former, user)
        return
    renew_key(request)
    sid = random_text(SECRET_LENGTH)
    request.session[SIGN_IN] = {"auth_time": time.time(), "sid": sid, "former": former}
    # Here and not at the first request: two tabs that open at once would each write one of their own.
    binding_of(request)


def renew_key(request: HttpRequest) -> None:
    """Give the session another key where ``login()`` kept the one that the browser came with.

    It does for a person who is signed in already: who knew the key before would be signed in anew with them.
    """
    key = request.session.session_key
    if key is not None and key == request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        request.session.cycle_key()


def recorded(request: HttpRequest) -> Recorded:
    """Return the record of this session; an empty one where it began before this app was installed."""
    known = request.session.get(SIGN_IN) or {}
    return Recorded(known.get("auth_time"), known.get("sid", ""), known.get("spent", False))


def sids_of(request: HttpRequest) -> list[str]:
    """Every ``sid`` that this session has had, the present one last."""
    return _sids_in(request.session.get(SIGN_IN) or {})


def former_of(request: HttpRequest, user: Any) -> list[str]:
    """The ``sid`` values that go on under a login of ``user``; those of another person end with it."""
    before = flushed(request.session)
    if before is not None:  # of another person, or of this one with another password
        sids, goes_on = _sids_in(before.known), before.user_id == user._meta.pk.value_to_string(user)
    else:
        subject = (request.session.get(SIGN_IN) or {}).get("subject")
        sids, goes_on = sids_of(request), subject in (None, public_subject(user))
    if goes_on:
        return sids
    end_sessions(sids, issuer_of(request), person_behind(request))
    return []


def ends_at(request: HttpRequest, auth_time: datetime | None) -> datetime:
    """When this session is over at the latest, as far as it can be known: it was saved at the login, or is now."""
    is_saved_now = settings.SESSION_SAVE_EVERY_REQUEST or request.session.modified or auth_time is None
    end = request.session.get_expiry_date(modification=timezone.now() if is_saved_now else auth_time)
    if timezone.is_aware(end) == settings.USE_TZ:
        return end
    return timezone.make_aware(end) if settings.USE_TZ else timezone.make_naive(end)


def spend(request: HttpRequest) -> None:
    """Let this sign-in meet no further demand for a new one: who goes back to an older ticket signs in again.

    Questions from before it are not answered any more.
    """
    request.session[SIGN_IN] = {**request.session[SIGN_IN], "spent": True}
    request.session.pop(BINDING, None)


def end(request: HttpRequest) -> None:
    """End the login: what follows begins in a session of its own, under another key.

    Nobody has logged out by that. What hangs on the session goes on, and ends with the next one of the same person.
    """
    former, user = sids_of(request), session_user(request)
    request.session.pop(SIGN_IN, None)
    logout(request)
    keep_former(request, former, user)


def keep_former(request: HttpRequest, former: list[str], user: Any) -> None:
    """Keep the ``sid`` values of ``user`` in a session that nobody is signed in to any more."""
    if former and user is not None:
        request.session[SIGN_IN] = {"former": former, "subject": public_subject(user)}


def moment(seconds: float | None) -> datetime | None:
    """Return what ``timezone.now()`` was then, in whole seconds: without a time zone where ``USE_TZ`` is off."""
    if seconds is None:
        return None
    when = datetime.fromtimestamp(int(seconds), UTC)
    return when if settings.USE_TZ else timezone.make_naive(when)


def binding_of(request: HttpRequest) -> str:
    """A random value kept in the session and nowhere else, which a new session key does not change."""
    if BINDING not in request.session:
        request.session[BINDING] = random_text(SECRET_LENGTH)
    return str(request.session[BINDING])


def _sids_in(known: dict[str, Any]) -> list[str]:
    return [sid for sid in (*known.get("former", ()), known.get("sid", "")) if sid]
