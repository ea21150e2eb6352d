"""What is remembered of introspection (RFC 7662 §4): for as long as the settings say, and no more than fits."""

from datetime import UTC, datetime

import pytest

from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.verifiers import IntrospectionVerifier, introspection
from tests.resource_server.verifiers.introspection.endpoint import ACTIVE, says
from tests.web import answer

pytestmark = pytest.mark.spec("RFC 7662", "2.2")


def test_by_default_it_is_asked_every_time(server):
    assert [conf.verifier("x").sub for _ in range(2)] == ["7", "7"]
    assert len(server.requests) == 2


def test_a_revoked_token_goes_on_for_the_stated_delay_and_no_longer(server, clock, options):
    options(REVOCATION_DELAY=10)
    assert conf.verifier("x").sub == "7"
    says(server, {"active": False})
    clock.now += 9.9
    assert conf.verifier("x").sub == "7"
    assert len(server.requests) == 1
    clock.now += 0.2
    with pytest.raises(InvalidToken):
        conf.verifier("x")


def test_nothing_is_remembered_past_its_expiry(server, clock, options):
    options(REVOCATION_DELAY=3600)
    says(server, ACTIVE | {"exp": int(datetime.now(UTC).timestamp()) + 60})
    conf.verifier("x")
    clock.now += 61
    conf.verifier("x")
    assert len(server.requests) == 2


def test_a_token_is_known_by_itself_alone(server, options):
    options(REVOCATION_DELAY=10)
    conf.verifier("x")
    says(server, ACTIVE | {"sub": "8"})
    assert [conf.verifier(token).sub for token in ("y", "x", "X")] == ["8", "7", "8"]


def test_what_is_refused_is_not_remembered(server, options):
    options(REVOCATION_DELAY=10)
    says(server, {"active": False})
    with pytest.raises(InvalidToken):
        conf.verifier("x")
    says(server, ACTIVE)
    assert conf.verifier("x").sub == "7"


def test_the_memory_is_bounded_and_holds_no_token(server, options, monkeypatch):
    options(REVOCATION_DELAY=10)
    monkeypatch.setattr(introspection, "MAX_REMEMBERED", 2)
    verifier = IntrospectionVerifier()
    for token in ("first", "second", "third"):
        verifier(token)
    assert len(verifier._memory._answers) == 2
    assert "third" not in repr(verifier._memory)
    verifier("third")
    assert len(server.requests) == 3
    verifier("first")
    assert len(server.requests) == 4


@pytest.mark.parametrize("status", ["400 Bad Request", "413 Content Too Large", "414 URI Too Long", "422 What"])
def test_strange_tokens_keep_nobody_else_from_being_asked_about(server, status):
    verifier = IntrospectionVerifier()
    server.say = answer('{"error": "invalid_request"}', status)
    for _ in range(2 * introspection.FAILURES):
        with pytest.raises(ServiceUnavailable):
            verifier("strange")
    says(server, ACTIVE)
    assert verifier("x").sub == "7"


def test_what_is_remembered_is_bounded_by_its_size(server, options, monkeypatch):
    monkeypatch.setattr(introspection, "MAX_SIZE", 1000)
    options(REVOCATION_DELAY=3600)
    verifier = IntrospectionVerifier()
    says(server, ACTIVE | {"acr": "x" * 300})
    for token in ("a", "b", "c", "c", "b"):
        verifier(token)
    assert len(server.requests) == 3
    assert verifier._memory._size <= 1000
    verifier("a")
    assert len(server.requests) == 4
    says(server, ACTIVE | {"acr": "x" * 2000})
    verifier("long")
    assert (len(verifier._memory._answers), verifier._memory._size) == (0, 0)
