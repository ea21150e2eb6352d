"""An issuer's keys (RFC 9068 §4, RFC 7517 §5): found when new, kept through an outage, fetched seldom."""

import json
from typing import Any

import pytest

from oauth_provider.fetch import Fetched
from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.resource_server.testing import FakeIssuer
from oauth_provider.resource_server.verifiers import jwks
from tests import jose_keys
from tests.resource_server.verifiers.jwks.keys import ISSUER, Clock, is_good

pytestmark = pytest.mark.spec("RFC 9068", "4")


def test_keys_are_fetched_once_and_parsed_once(issuer: FakeIssuer, clock: Clock, monkeypatch: Any) -> None:
    parsed: list[bytes] = []
    read = jwks.read_keys
    monkeypatch.setattr(jwks, "read_keys", lambda document: parsed.append(document) or read(document))
    assert all(is_good(issuer.token()) for _ in range(5))
    assert issuer.fetched == 1
    clock.now += 301
    assert all(is_good(issuer.token()) for _ in range(5))
    assert (issuer.fetched, len(parsed)) == (2, 1)


def test_a_new_key_is_found_at_once(issuer: FakeIssuer, clock: Clock) -> None:
    old = issuer.token()
    assert is_good(old)
    clock.now += 11
    issuer.rotate()
    assert is_good(issuer.token())
    assert is_good(old)
    assert issuer.fetched == 2


def test_a_retired_key_is_forgotten_with_the_next_fetch(issuer: FakeIssuer, clock: Clock) -> None:
    old = issuer.token()
    assert is_good(old)
    issuer.rotate()
    issuer.retire(issuer.keys[0].kid)
    clock.now += 301
    assert not is_good(old)
    assert is_good(issuer.token())


def test_invented_keys_are_asked_for_once_in_a_while(issuer: FakeIssuer, clock: Clock) -> None:
    assert is_good(issuer.token())
    for number in range(50):
        assert not is_good(issuer.token(key=jose_keys.key("ES256", number % 3 + 1)))
    assert issuer.fetched == 1
    clock.now += 11
    for number in range(50):
        assert not is_good(issuer.token(key=jose_keys.key("ES256", number % 3 + 1)))
    assert issuer.fetched == 2


def test_a_known_key_under_another_algorithm_is_no_reason_to_ask(issuer: FakeIssuer, clock: Clock) -> None:
    assert is_good(issuer.token())
    clock.now += 11
    header = json.dumps({"alg": "RS256", "kid": issuer.keys[0].kid, "typ": "at+jwt"})
    assert not is_good(jose_keys.forge(header, json.dumps({"iss": ISSUER}), issuer.keys[0].sign))
    no_kid = json.dumps({"alg": "RS256", "typ": "at+jwt"})
    assert not is_good(jose_keys.forge(no_kid, json.dumps({"iss": ISSUER}), issuer.keys[0].sign))
    assert issuer.fetched == 1


def test_the_last_keys_serve_while_the_issuer_is_down(issuer: FakeIssuer, clock: Clock) -> None:
    assert is_good(issuer.token())
    issuer.is_down = True
    for _hour in range(23):
        clock.now += 3600
        assert is_good(issuer.token())
    issuer.rotate()
    with pytest.raises(ServiceUnavailable):  # nobody can say
        is_good(issuer.token())
    clock.now += 3 * 3600
    with pytest.raises(ServiceUnavailable):
        is_good(issuer.token())
    issuer.is_down = False
    clock.now += 11
    assert is_good(issuer.token())


def test_without_any_keys_nobody_can_say_and_the_issuer_is_left_in_peace(
    issuer: FakeIssuer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.is_down = True
    asked = counting(monkeypatch)
    for _ in range(20):
        with pytest.raises(ServiceUnavailable):
            is_good(issuer.token())
    assert len(asked) == 1
    issuer.is_down = False
    clock.now += 11
    assert is_good(issuer.token())


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every URL that is fetched from now on."""
    asked: list[str] = []
    fetch = jwks.fetch

    def spy(url: str, *args: Any, **kwargs: Any) -> Fetched:
        asked.append(url)
        return fetch(url, *args, **kwargs)

    monkeypatch.setattr(jwks, "fetch", spy)
    return asked
