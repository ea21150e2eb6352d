"""An issuer's keys under load (RFC 9068 §4): one thread fetches, and no good token is refused."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from oauth_provider.fetch import Fetched
from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.testing import FakeIssuer
from oauth_provider.resource_server.verifiers import jwks
from tests import jose_keys
from tests.resource_server.verifiers.jwks.keys import Clock, is_good

pytestmark = pytest.mark.spec("RFC 9068", "4")


THREADS = 16


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What ``THREADS`` threads return that begin together."""
    together = threading.Barrier(THREADS)

    def one(number: int) -> Any:
        together.wait(10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def verified(token: str) -> bool:
    return conf.verifier(token) is not None


def test_a_herd_without_keys_fetches_once(issuer: FakeIssuer) -> None:
    tokens = [issuer.token() for _ in range(THREADS)]
    assert all(at_once(lambda number: verified(tokens[number])))
    assert issuer.fetched == 1


def test_while_one_thread_fetches_all_others_go_on_with_the_old_keys(
    issuer: FakeIssuer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_good(issuer.token())
    clock.now += 301
    asked, answering, fetch = threading.Event(), threading.Event(), jwks.fetch

    def slow(*args: Any, **kwargs: Any) -> Fetched:
        asked.set()
        assert answering.wait(10)
        return fetch(*args, **kwargs)

    monkeypatch.setattr(jwks, "fetch", slow)
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(verified, issuer.token())
        assert asked.wait(10)
        assert all(verified(issuer.token()) for _ in range(20))  # none of these waits
        assert not fetching.done()
        answering.set()
        assert fetching.result(10)
    assert issuer.fetched == 2


def test_keys_rotate_and_the_issuer_fails_under_load_and_no_good_token_is_refused(
    issuer: FakeIssuer, clock: Clock
) -> None:
    """Sixteen threads; between the rounds the keys rotate, are retired, grow old, and the issuer goes and comes."""

    def rotate() -> None:
        issuer.rotate()
        clock.now += 11

    def retire() -> None:
        issuer.retire(issuer.keys[0].kid)
        clock.now += 301

    def fail() -> None:
        issuer.is_down = True
        clock.now += 3600

    def recover() -> None:
        issuer.is_down = False
        clock.now += 11

    events = [rotate, rotate, fail, fail, recover, retire, rotate, fail, recover, retire]
    forged = [issuer.token(key=jose_keys.key("ES256", number)) for number in range(3)]
    fetched = [issuer.fetched]

    def work(number: int) -> list[bool]:
        answers = []
        for turn in range(8):
            answers.append(verified(issuer.token(jti=f"{number} {turn}")))
            try:
                answers.append(not verified(forged[turn % 3]))
            except (InvalidToken, ServiceUnavailable):
                answers.append(True)
        return answers

    for event in (lambda: None, *events):
        event()
        assert all(all(answers) for answers in at_once(work)), event
        fetched.append(issuer.fetched)
    # Old keys, and a key nobody knows: once each, however many ask.
    assert all(after - before <= 2 for before, after in pairwise(fetched))
