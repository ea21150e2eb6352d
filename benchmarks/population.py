"""A database that has been in use for a while: an empty one is planned for, and answers, like no other.

Both sides have the same people and the same number of live sign-ins, each with its access token and its refresh token.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauth_provider.protocol.digest import digest

PEOPLE = 1_000
SIGN_INS = int(os.environ.get("BENCHMARK_SIGN_INS", "10000"))
SCOPE = "notes:read notes:write"


def populate(application: Any) -> None:
    """Everybody signs in to ``application`` many times."""
    people = get_user_model()._default_manager.bulk_create(
        [get_user_model()(username=f"person {number}") for number in range(PEOPLE)]
    )
    expires = timezone.now() + timedelta(days=30)
    access_tokens = _create(
        "oauth2_provider.AccessToken", _tokens(application, people, "access token", expires=expires)
    )
    if apps.is_installed("oauth_provider"):
        _sign_in_to_us(application, access_tokens, expires)
        return
    kept = _tokens(application, people, "refresh token")
    pairs = zip(kept, access_tokens, strict=True)
    _create("oauth2_provider.RefreshToken", (columns | {"access_token": token} for columns, token in pairs))


def _tokens(application: Any, people: list[Any], name: str, **columns: Any) -> Iterator[dict[str, Any]]:
    for number in range(SIGN_INS):
        token = f"{name} {number}"
        whose = {"application": application, "user": people[number % PEOPLE]}
        if name == "access token":
            whose["scope"] = SCOPE
        yield {"token": token, "token_checksum": digest(token), **whose, **columns}


def _sign_in_to_us(application: Any, access_tokens: list[Any], expires: datetime) -> None:
    signed_in = (
        {
            "application": application,
            "user_id": token.user_id,
            "grant_type": "authorization_code",
            "scope": SCOPE,
            "redeemed_at": timezone.now(),
            "code_digest": digest(f"code {number}"),
            "family_digest": digest(f"family {number}"),
            "refresh_token_digest": digest(f"refresh token {number}"),
            "expires_at": expires,
        }
        for number, token in enumerate(access_tokens)
    )
    authorizations = _create("oauth_provider.Authorization", signed_in)
    pairs = zip(access_tokens, authorizations, strict=True)
    _create("oauth_provider.TokenBinding", ({"access_token": token, "authorization": row} for token, row in pairs))


def _create(model: str, rows: Iterator[dict[str, Any]]) -> list[Any]:
    created: list[Any] = apps.get_model(model)._base_manager.bulk_create(
        (apps.get_model(model)(**columns) for columns in rows), batch_size=1000
    )
    return created
