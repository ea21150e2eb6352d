"""Verbs about one sign-in, in every order of their reads and commits: what each is given, does, and leaves behind."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.grants import exchange
from oauth_provider.models import Authorization, ClientPolicy, ClientSecret, Consent, PendingRequest
from oauth_provider.protocol.digest import digest
from oauth_provider.sql import commit as commits
from oauth_provider.tokens import ending, withdraw
from oauth_provider.tokens import take_back as taking_back
from oauth_provider.tokens.revoke import revoke_user
from tests.driver import Driver, query_of
from tests.factories import ApplicationFactory, UserFactory
from tests.races.outcomes import dot_refresh_token, until_it_works

local = threading.local()


class Pause:
    """A stop of one verb: between what it reads and what it writes or, ``is_held``, between writing and committing.

    It ends when the other verb is done, or waits for a lock.
    """

    def __init__(self, *, is_held: bool, session: int) -> None:
        self.is_held, self.session = is_held, session
        self.reached, self.over = threading.Event(), threading.Event()

    def stop(self) -> None:
        """Let the other verb, of PostgreSQL's ``session``, go on."""
        self.reached.set()
        while not self.over.wait(0.005):
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.session])
                if cursor.fetchone() == (True,):
                    return


def take_pause(*, is_held: bool | None = None) -> Pause | None:
    """The pause that this thread is to make, once."""
    pause: Pause | None = getattr(local, "pause", None)
    if pause is None or is_held not in {None, pause.is_held}:
        return None
    local.pause = None
    return pause


def hold() -> None:
    """Stop here, before the transaction is committed, where that is asked for."""
    pause = take_pause(is_held=True)
    if pause is not None:
        pause.stop()


@contextmanager
def stopping() -> Iterator[None]:
    """Inside, every commit stops where its thread has a pause to make."""
    commit, run = commits.commit, ending.run

    def commit_later(outcome: Any, *, using: str, guard: Any = None, durable: bool = True) -> bool:
        pause = take_pause()
        if pause is None:
            return commit(outcome, using=using, guard=guard, durable=durable)
        if not pause.is_held:
            pause.stop()
            return commit(outcome, using=using, guard=guard, durable=durable)
        with transaction.atomic(using=using):
            written = commit(outcome, using=using, guard=guard, durable=False)
            pause.stop()
        return written

    def run_later(work: Callable[[], Any], **how: Any) -> Any:
        pause = take_pause(is_held=False)
        if pause is not None:
            pause.stop()
        return run(lambda: (work(), hold())[0], **how)

    def run_and_hold(work: Callable[[], Any], **how: Any) -> Any:
        pause = take_pause(is_held=True)
        return run(lambda: (work(), pause.stop() if pause is not None else None)[0], **how)

    with (
        patch.object(commits, "commit", commit_later),
        patch.object(exchange, "commit", commit_later),
        patch.object(ending, "run", run_later),
        patch.object(withdraw, "run", run_and_hold),
        patch.object(taking_back, "run", run_and_hold),
    ):
        yield


@dataclass(frozen=True)
class World:
    """One client and one person, with all that the verbs are about."""

    driver: Driver
    user: Any
    code: str
    before: str
    refresh_token: str
    page: str
    of_dot: Any
    authorizations: dict[int, str]

    @classmethod
    def new(cls) -> "World":
        """A code that is due, a sign-in that was refreshed, a page that asks for more, and a token that DOT issued."""
        user = UserFactory()
        driver = Driver(ApplicationFactory(policy={}))
        driver.sign_in(user)
        before = driver.tokens()["refresh_token"]
        refresh_token = driver.refresh(before).json()["refresh_token"]
        code, page = driver.code(), driver.authorize(scope="photos:read")["Location"]
        of_dot = dot_refresh_token(driver, user, str(uuid4()))
        roles = {row.pk: "code" if row.redeemed_at is None else "sign-in" for row in cls.rows(driver)}
        return cls(driver, user, code, before, refresh_token, page, of_dot, roles)

    @staticmethod
    def rows(driver: Driver) -> Any:
        """Sign-ins at the client."""
        return Authorization.objects.filter(application=driver.application).order_by("pk")

    def state(self) -> Any:
        """What stands in the tables, each value that is new in each world replaced by what it is."""
        application, now = self.driver.application, timezone.now()
        kept = digest(self.refresh_token)
        sign_ins = sorted(
            (
                self.authorizations.get(row.pk, "new"),
                row.grant_type,
                row.scope,
                row.redeemed_at is not None,
                row.revoked_reason if row.revoked_at is not None else "live",
                row.refresh_token_digest == kept,
                row.previous_digest == kept,
                bool(row.sealed_answer),
                sorted(
                    (one.access_token.scope, one.access_token.expires > now)
                    for one in row.token_bindings.select_related("access_token")
                ),
            )
            for row in self.rows(self.driver)
        )
        bare = access_token_model().objects.filter(application=application, oauth_binding=None)
        consents = Consent.objects.filter(application=application)
        pages = PendingRequest.objects.filter(application=application, decided_at__isnull=False)
        dot = type(self.of_dot).objects.filter(pk=self.of_dot.pk).first()
        return {
            "sign-ins": sign_ins,
            "tokens that hang on nothing": sorted((row.scope, row.expires > now) for row in bare),
            "consent": [sorted(row.agreed.scopes) for row in consents],
            "decided": [row.decision for row in pages],
            "of DOT": None if dot is None else (dot.revoked is not None, bool(dot.token)),
            "user": type(self.user).objects.filter(pk=self.user.pk).exists(),
            "status": ClientPolicy.objects.get(application=application).status,
            "secrets": ClientSecret.objects.live().filter(application=application).count(),
        }


def is_given(response: Any) -> bool:
    """Did the client get what it asked for, by JSON or by a browser? Never a server error."""
    assert response.status_code < 500
    return response.status_code == 200 or "code" in query_of(response.get("Location", ""))


def delete_user(world: World) -> None:
    """As the documentation says: revoke first, in a transaction of its own."""
    pause = take_pause(is_held=True)
    revoke_user(world.user)
    local.pause = pause or getattr(local, "pause", None)
    users = type(world.user).objects.filter(pk=world.user.pk)
    until_it_works(lambda: (users.delete(), hold()))


def sweep(world: World) -> None:
    with transaction.atomic():
        call_command("oauth_sweep", verbosity=0)
        hold()


def suspend(world: World) -> None:
    with transaction.atomic():
        ClientPolicy.objects.filter(application=world.driver.application).update(status="suspended")
        hold()


def revoke_secret(world: World) -> None:
    with transaction.atomic():
        ClientSecret.objects.filter(application=world.driver.application).update(expires_at=timezone.now())
        hold()


VERBS: dict[str, Callable[[World], Any]] = {
    "redeem": lambda world: is_given(world.driver.elsewhere().redeem(world.code)),
    "rotate": lambda world: is_given(world.driver.elsewhere().refresh(world.refresh_token)),
    "repeat": lambda world: is_given(world.driver.elsewhere().refresh(world.before)),
    "revoke": lambda world: is_given(world.driver.elsewhere().revoke(world.refresh_token)),
    "narrow": lambda world: is_given(world.driver.elsewhere().refresh(world.refresh_token, scope="notes:read")),
    "adopt": lambda world: is_given(world.driver.elsewhere().refresh(world.of_dot.token)),
    "consent given": lambda world: is_given(world.driver.elsewhere().decide(world.page)),
    "consent withdrawn": lambda world: withdraw.withdraw_consent(user=world.user, application=world.driver.application),
    "permission taken back": lambda world: sorted(
        taking_back.take_back(["notes:write"], user=world.user, application=world.driver.application)
    ),
    "silent answer": lambda world: is_given(world.driver.elsewhere().authorize()),
    "sweep": sweep,
    "user deleted": delete_user,
    "client suspended": suspend,
    "secret revoked": revoke_secret,
}
