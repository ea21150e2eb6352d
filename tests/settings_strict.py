"""The same project with everything on that a project may turn on around us; the suite runs once more in it."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, MIDDLEWARE

APPEND_SLASH = False
DATABASES = {"default": {**DATABASES["default"], "ATOMIC_REQUESTS": True}}
MIDDLEWARE = [
    *MIDDLEWARE,
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
