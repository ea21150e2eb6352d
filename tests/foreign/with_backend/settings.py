"""A page with a backend of its own, which is the client: the project of docs/how-to/single-page-app.md."""

from tests.foreign.settings import *  # noqa: F403

ROOT_URLCONF = "tests.foreign.with_backend.urls"
SESSION_COOKIE_NAME = "app_session"
