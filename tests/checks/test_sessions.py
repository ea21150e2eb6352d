"""Checks of sessions (RFC 6749 §3.1): they are there, in order, and their cookie comes along."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.middleware import SessionMiddleware

from oauth_provider.checks import sessions
from oauth_provider.checks.sessions import AUTHENTICATION, SESSION
from tests.checks.messages import said
from tests.checks.urlconf import Root
from tests.each import each


class OwnSessions(SessionMiddleware):
    """A project's own, derived from Django's."""


class SessionMiddlewareInRedis:
    """Something else."""


class Elsewhere:
    """Another package has a class of the same name, derived from nothing of Django's."""

    class SessionMiddleware:
        """Keeps sessions somewhere else."""


# By dotted path, as ``MIDDLEWARE`` has them.
KeepsElsewhere = Elsewhere.SessionMiddleware
OWN, ELSEWHERE = f"{__name__}.OwnSessions", f"{__name__}.KeepsElsewhere"


def middleware(get_response: Any) -> Any:
    """Middleware may be a function."""
    return get_response


@each(
    "listed",
    [
        [SESSION, AUTHENTICATION],
        [SESSION, f"{__name__}.middleware", "gone.Middleware", AUTHENTICATION],
        [OWN, AUTHENTICATION],
        [ELSEWHERE, AUTHENTICATION],
    ],
)
def test_sessions_before_authentication_are_fine(settings: Any, listed: list[str]) -> None:
    settings.MIDDLEWARE = listed
    assert said(sessions.check_session_middleware) == []


@each(
    ("listed", "hint"),
    [
        ([], f"Add {SESSION!r} to MIDDLEWARE."),
        ([AUTHENTICATION], f"Add {SESSION!r} to MIDDLEWARE."),
        ([f"{__name__}.SessionMiddlewareInRedis", AUTHENTICATION], f"Add {SESSION!r} to MIDDLEWARE."),
        ([AUTHENTICATION, SESSION], f"Put {SESSION!r} before {AUTHENTICATION!r}."),
        ([AUTHENTICATION, OWN], f"Put {SESSION!r} before {AUTHENTICATION!r}."),
    ],
)
def test_missing_or_late_sessions_are_an_error(settings: Any, listed: list[str], hint: str) -> None:
    settings.MIDDLEWARE = listed
    (message,) = sessions.check_session_middleware(None)
    assert (message.id, message.hint) == ("oauth_provider.E118", hint)


def test_pages_that_know_nobody_are_told(settings: Any) -> None:
    settings.MIDDLEWARE = [SESSION]
    assert said(sessions.check_session_middleware) == ["W117"]


def test_sessions_in_a_table_need_their_app(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "django.contrib.sessions")
    for engine in ("db", "cached_db"):
        settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
        assert said(sessions.check_session_middleware) == ["E118"]
    for engine in ("cache", "file", "signed_cookies"):
        settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
        assert said(sessions.check_session_middleware) == []


@each(("same_site", "numbers"), [("Strict", ["W118"]), ("strict", ["W118"]), ("Lax", []), (False, [])])
def test_a_cookie_that_does_not_come_along_from_a_client_is_told(
    settings: Any, same_site: Any, numbers: list[str]
) -> None:
    settings.SESSION_COOKIE_SAMESITE = same_site
    assert said(sessions.check_session_cookie) == numbers


@pytest.mark.parametrize(("is_secure", "numbers"), [(False, ["W118"]), (True, [])])
def test_a_cookie_that_browsers_do_not_keep_is_told(settings: Any, is_secure: bool, numbers: list[str]) -> None:
    settings.SESSION_COOKIE_SAMESITE, settings.SESSION_COOKIE_SECURE = "None", is_secure
    assert said(sessions.check_session_cookie) == numbers
    assert all("browsers keep no such cookie" in one.msg for one in sessions.check_session_cookie(None))


def test_a_process_without_our_pages_needs_no_sessions(settings: Any) -> None:
    settings.MIDDLEWARE, settings.SESSION_COOKIE_SAMESITE, settings.ROOT_URLCONF = [], "Strict", Root()
    assert said(sessions.check_session_middleware) == said(sessions.check_session_cookie) == []
