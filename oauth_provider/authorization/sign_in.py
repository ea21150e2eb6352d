"""What a session knows of its sign-in: when, and under which identifier (OpenID Connect Core §2, ``auth_time``)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from oauth_provider.protocol.token_string import SECRET_LENGTH, random_text

SIGN_IN = "oauth_provider.sign_in"
BINDING = "oauth_provider.binding"


@dataclass(frozen=True, slots=True)
class SignIn:
    """``auth_time`` is None where nobody knows; ``sid`` is new at each login."""

    auth_time: datetime | None
    sid: str


def remember(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: this session was authenticated now, whatever ``last_login`` says."""
    if request is not None and hasattr(request, "session"):
        request.session[SIGN_IN] = {"auth_time": int(time.time()), "sid": random_text(SECRET_LENGTH)}
        # Here and not at the first request: two tabs that open at once would each write one of their own.
        binding_of(request)


def sign_in_of(request: HttpRequest) -> SignIn:
    """What this session knows; nothing, where it began before this app was installed."""
    known = request.session.get(SIGN_IN) or {}
    seconds = known.get("auth_time")
    return SignIn(None if seconds is None else _moment(seconds), known.get("sid", ""))


def _moment(seconds: int) -> datetime:
    """As ``timezone.now()`` would have been: without a time zone where ``USE_TZ`` is off."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment if settings.USE_TZ else timezone.make_naive(moment)


def binding_of(request: HttpRequest) -> str:
    """A random value kept in the session and nowhere else, which a new session key does not change."""
    if BINDING not in request.session:
        request.session[BINDING] = random_text(SECRET_LENGTH)
    return str(request.session[BINDING])
