"""Sessions for requests that no middleware made: who is signed in, without a database (Django's own keys)."""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(request: Any, user: Any, backend: str = MODEL_BACKEND) -> None:
    """Give ``request`` the session of ``user``, signed in by ``backend``; without a user, one of nobody."""
    request.user, request.session = user or AnonymousUser(), {}
    if request.user.is_authenticated:
        request.session |= {
            SESSION_KEY: user._meta.pk.value_to_string(user),
            BACKEND_SESSION_KEY: backend,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
