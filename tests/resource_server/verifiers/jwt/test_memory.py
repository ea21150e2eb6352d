"""What is remembered of a JWT that was verified (RFC 9068 §4): its digest, and no longer than it is good."""

import os
import signal
import time
from typing import Any

import pytest

from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.testing import FakeIssuer
from oauth_provider.resource_server.verifiers import introspection
from tests.resource_server.verifiers.jwt.calls import ISSUER, refused

pytestmark = pytest.mark.spec("RFC 9068", "4")

pytest_plugins = ["oauth_provider.resource_server.fixtures"]


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token whose signature was looked at."""
    from oauth_provider.resource_server.verifiers import jwt

    seen: list[str] = []
    verify = jwt.verify_access_token

    def spy(token: str, *args: Any, **kwargs: Any) -> Any:
        seen.append(token)
        return verify(token, *args, **kwargs)

    monkeypatch.setattr(jwt, "verify_access_token", spy)
    return seen


def test_a_token_is_verified_once_and_kept_by_its_digest(fake_issuer: FakeIssuer, verifications: list[str]) -> None:
    token = fake_issuer.token()
    assert conf.verifier(token) is conf.verifier(token)
    assert verifications == [token]
    assert token not in repr(vars(conf.verifier))
    assert token.rpartition(".")[2] not in repr(vars(conf.verifier))


def test_a_cached_token_is_dropped_when_it_expires(
    fake_issuer: FakeIssuer, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = fake_issuer.token(expires_in=60)
    conf.verifier(token)
    clock, monotonic = time.time, time.monotonic
    monkeypatch.setattr(time, "time", lambda: clock() + 71)
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 61)
    assert "expired" in refused(token)


def test_a_cached_token_is_verified_again_after_the_lifetime_of_the_keys(
    fake_issuer: FakeIssuer, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that was taken out of use vouches for nothing after ``KEYS_LIFETIME``."""
    token = fake_issuer.token(expires_in=3600)
    conf.verifier(token)
    fake_issuer.rotate()
    fake_issuer.retire(fake_issuer.keys[0].kid)
    assert conf.verifier(token).client_id == "a-client"
    monotonic = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 301)
    assert "No key" in refused(token)


def test_no_more_are_kept_than_fit(
    fake_issuer: FakeIssuer, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introspection, "MAX_REMEMBERED", 2)
    tokens = [fake_issuer.token(jti=str(number)) for number in range(3)]
    for token in (*tokens, tokens[2], tokens[0]):
        conf.verifier(token)
    assert verifications == [*tokens, tokens[0]]


def test_a_refused_token_is_not_remembered(fake_issuer: FakeIssuer) -> None:
    for number in range(5):
        refused(fake_issuer.token(jti=str(number), expires_in=-11))
    assert "{}" in repr(conf.verifier._memory) or "OrderedDict()" in repr(conf.verifier._memory)  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_waits_for_nobody(fake_issuer: FakeIssuer) -> None:
    """Whoever looked something up or fetched keys at that moment is not there any more."""
    token = fake_issuer.token()
    conf.verifier(token)
    verifier: Any = conf.verifier
    reading, writing = os.pipe()
    with verifier._memory._lock, verifier._keys[ISSUER]._turn:
        child = os.fork()
        if child == 0:
            signal.alarm(20)  # rather than wait for ever
            try:
                os.write(writing, b"yes" if conf.verifier(token).client_id == "a-client" else b"no")
            finally:
                os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    assert os.read(reading, 3) == b"yes"
    os.close(reading)
    assert conf.verifier is verifier
