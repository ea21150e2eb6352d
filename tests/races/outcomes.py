"""Outcomes of races: what was answered, what is stored, and which tokens somebody still takes."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.sql.transaction import is_transient
from oauth_provider.tokens.verifier import verify
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory

Act = Callable[[], Any]

ALL_GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


def signed_in(user: Any = None, **application: Any) -> Driver:
    """A client with a person before it."""
    driver = Driver(ApplicationFactory(**application))
    driver.sign_in(user or UserFactory())
    return driver


def authorization_of(tokens: dict[str, Any]) -> Authorization:
    parts = token_string.parse_refresh_token(tokens["refresh_token"])
    return Authorization.objects.get(family_digest=digest(parts.family))


def columns_of(row: Any) -> dict[str, Any]:
    return type(row).objects.filter(pk=row.pk).values().get()


def body_of(response: Any) -> Any:
    return response.json()


def statuses(responses: Iterable[Any]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def errors(responses: Iterable[Any]) -> set[str]:
    return {response.json()["error"] for response in responses if response.status_code != 200}


def is_verified(access_token: str) -> bool:
    try:
        verify(access_token)
    except InvalidToken:
        return False
    return True


def live(tokens: Iterable[str]) -> set[str]:
    """Those of ``tokens``, access or refresh, that somebody still takes."""
    observer = Driver(ApplicationFactory(policy={"may_introspect": True}))
    given = set(tokens)
    alive = {token for token in given if observer.introspect(token).json()["active"]}
    return alive | {token for token in given if token.startswith(token_string.ACCESS_TOKEN) and is_verified(token)}


def strings(responses: Iterable[Any]) -> set[str]:
    """Every token that was handed out in ``responses``."""
    members = [response.json() for response in responses if response.status_code == 200 and response.content]
    return {body[name] for body in members for name in ("access_token", "refresh_token") if name in body}


def no_live_rows() -> bool:
    return not access_token_model().objects.filter(expires__gt=timezone.now()).exists()


def until_it_works(work: Act) -> None:
    """What an operator's script does: the same again where the database asks for it, or a row came in between."""
    for attempt in itertools.count(1):
        try:
            with transaction.atomic():
                work()
            return
        except DatabaseError as error:
            if attempt == 200 or not (is_transient(error) or "foreign key" in str(error).lower()):
                raise


def dot_refresh_token(driver: Driver, user: Any, text: str = "a refresh token that DOT issued") -> Any:
    """A refresh token and the access token beside it, as DOT stores them."""
    access_token = access_token_model().objects.create(
        user=user,
        application=driver.application,
        token=f"beside {text}",
        expires=timezone.now() + timedelta(hours=1),
        scope="notes:read",
    )
    return refresh_token_model().objects.create(
        user=user, application=driver.application, token=text, access_token=access_token
    )
