"""A replica that never hears of anything: reading from it is an error, wherever our code decides by what it reads."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.test import override_settings

import oauth_provider
from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model

OURS = str(Path(oauth_provider.__file__).parent) + "/"
TESTS = str(Path(__file__).parent) + "/"
# Whom a session names is read by Django, which asks the router itself.
DJANGOS = ("django.contrib.auth", "django.contrib.sessions")


class ReadFromReplica(Exception):
    """A read of ours, or of DOT's rows, would have gone to the replica."""


class Router:
    """Reads go to a replica, writes do not: as projects split them."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """Raise where it is we who read."""
        if is_decisive(model) and _is_ours():
            raise ReadFromReplica(model._meta.label)
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """The only database there is."""
        return "default"

    def allow_relation(self, *args: Any, **hints: Any) -> bool:
        """As it must where there are two."""
        return True


def is_decisive(model: Any) -> bool:
    """Are these rows that decide about tokens, clients, secrets, consents, keys and the people they are for?"""
    ours = apps.get_app_config("oauth_provider").get_models()
    return model in (*ours, application_model(), access_token_model(), refresh_token_model(), _user_model())


def _user_model() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model()


def _is_ours() -> bool:
    """Is it our code that reads, and neither a test nor Django's own session?"""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(DJANGOS):
            return False
        path = frame.f_code.co_filename
        if path.startswith(TESTS):
            return False
        if path.startswith(OURS):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


@contextmanager
def lagging() -> Iterator[None]:
    """Inside, a router sends reads to the replica."""
    with override_settings(DATABASE_ROUTERS=[f"{__name__}.Router"]):
        yield
