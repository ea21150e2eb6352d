"""Denials over Redis (RFC 7009 §3): nothing is lost between what is kept and what is sent, and outages are noticed."""

import itertools
import json
import re
import socket
import threading
import time
from pathlib import Path

import pytest
import redis

from oauth_provider.protocol.denylist import Denial
from oauth_provider.resource_server.denylist import redis_transport
from oauth_provider.resource_server.denylist import subscription as subscribing
from oauth_provider.resource_server.denylist.redis_transport import RedisTransport
from oauth_provider.resource_server.denylist.subscription import Subscription
from oauth_provider.resource_server.options.denylist import DenylistOptions
from tests.redis_server import redis_server
from tests.rest_framework.tokens import access_token

pytestmark = [pytest.mark.thorough, pytest.mark.spec("RFC 7009", "3")]

SOON = int(time.time()) + 3600


@pytest.fixture
def server(tmp_path):
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def transport(server):
    return RedisTransport(DenylistOptions(url=server.url))


def message(name, exp=SOON):
    return Denial("https://as.example", "authorization", name, exp).text(), exp


def names(messages):
    return [json.loads(text)["id"] for text in messages]


def caught_up(listening):
    """What was kept."""
    kept = []
    for text in listening:
        if text is None:
            return names(kept)
        kept.append(text)
    raise AssertionError("It ended.")


def next_name(listening):
    return next(json.loads(text)["id"] for text in listening if text is not None)


def test_who_listens_hears_it_and_who_comes_later_hears_it_too(transport):
    listening = transport.listen()
    assert caught_up(listening) == []
    transport.publish([message("first"), message("second")])
    assert [next_name(listening), next_name(listening)] == ["first", "second"]
    listening.close()
    assert sorted(caught_up(transport.listen())) == ["first", "second"]


def test_what_nobody_needs_any_more_is_not_kept(transport, server):
    now = int(time.time())
    transport.publish([message("over", now - 1), message("soon", now + 2), message("later")])
    assert sorted(caught_up(transport.listen())) == ["later", "soon"]
    time.sleep(2)
    assert caught_up(transport.listen()) == ["later"]
    transport.publish([message("more")])
    assert server.client.zcard("oauth-denylist:kept") == 2


def test_the_same_denial_is_kept_once_and_no_more_than_so_many(transport, server, monkeypatch):
    for _ in range(3):
        transport.publish([message("again")])
    assert server.client.zcard("oauth-denylist:kept") == 1
    monkeypatch.setattr(redis_transport, "MAX_KEPT", 5)
    transport.publish([message(str(number), SOON + number) for number in range(10)])
    assert set(caught_up(transport.listen())) == {"5", "6", "7", "8", "9"}


def test_where_it_is_nearly_full_the_client_with_the_most_makes_room(transport, server, monkeypatch, caplog):
    monkeypatch.setattr(redis_transport, "MAX_KEPT", 100)
    monkeypatch.setattr(redis_transport, "MESSAGES_BETWEEN_CHECKS", 10)
    listening = transport.listen()
    assert caught_up(listening) == []

    def own(number):
        return Denial("https://as.example", "token", f"own-{number}", SOON + 60, client="crowd").text(), SOON + 60

    transport.publish([message("theirs")])
    for start in range(0, 500, 5):
        transport.publish([own(number) for number in range(start, start + 5)])
        assert server.client.zcard("oauth-denylist:kept") <= 100
    kept = caught_up(RedisTransport(DenylistOptions(url=server.url)).listen())
    assert {"theirs", "crowd"} <= set(kept)
    assert "own-0" not in kept
    assert "every token that 'crowd' has by now is denied" in caplog.text
    heard = [json.loads(next(text for text in listening if text is not None)) for _ in range(200)]
    assert ("client", "crowd") in {(one["kind"], one["id"]) for one in heard}


def test_an_acl_that_forbids_to_look_stops_no_revocation(transport, server, monkeypatch, caplog):
    monkeypatch.setattr(redis_transport, "MESSAGES_BETWEEN_CHECKS", 1)
    server.client.execute_command("ACL", "SETUSER", "default", "-zcard")
    transport.publish([message("first")])
    assert "cannot be tidied" in caplog.text
    assert caught_up(transport.listen()) == ["first"]


def test_thousands_are_caught_up_with(transport):
    transport.publish([message(str(number)) for number in range(5000)])
    assert set(caught_up(transport.listen())) == {str(number) for number in range(5000)}


def test_nothing_is_lost_to_who_arrives_while_it_is_being_sent(transport):
    """Kept or sent, or both: whoever begins to listen in the middle hears all of them."""
    total, heard = 400, []

    def send():
        for number in range(total):
            transport.publish([message(str(number))])

    sending = threading.Thread(target=send)
    sending.start()
    listeners = [transport.__class__(DenylistOptions(url=_url(transport))).listen() for _ in range(5)]
    for listening in listeners:
        found = set(caught_up(listening))
        while len(found) < total:
            found.add(next_name(listening))
        heard.append(found)
    sending.join()
    assert heard == [{str(number) for number in range(total)}] * 5


def _url(transport):
    return f"redis://127.0.0.1:{transport._listener.connection_pool.connection_kwargs['port']}/0"


def test_channels_are_apart(server):
    mine, theirs = (RedisTransport(DenylistOptions(url=server.url, channel=name)) for name in ("mine", "theirs"))
    theirs.publish([message("theirs")])
    listening = mine.listen()
    assert caught_up(listening) == []
    theirs.publish([message("theirs, too")])
    mine.publish([message("mine")])
    assert next_name(listening) == "mine"


@pytest.mark.parametrize(
    "work", [lambda transport: transport.publish([message("x")]), lambda transport: next(transport.listen())]
)
def test_an_outage_is_an_error_within_a_second(transport, server, work):
    transport.publish([message("before")])
    server.stop()
    began = time.monotonic()
    with pytest.raises(redis.RedisError):
        work(transport)
    assert time.monotonic() - began < 1


def test_a_server_that_takes_the_call_and_says_nothing_keeps_nobody_for_long():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = RedisTransport(DenylistOptions(url=f"redis://127.0.0.1:{listener.getsockname()[1]}"))
        began = time.monotonic()
        with pytest.raises(redis.RedisError):
            silent.publish([message("x")])
        assert time.monotonic() - began < 1.5


def test_a_connection_that_has_died_without_a_word_is_given_up(transport, server, monkeypatch):
    monkeypatch.setattr(redis_transport, "HEARTBEAT", 0.1)
    listening = transport.listen()
    assert caught_up(listening) == []
    for _ in range(5):
        next(listening)  # its pings are answered
    server.process.send_signal(19)  # SIGSTOP: the socket is open, and nobody is there
    try:
        with pytest.raises(redis.RedisError):
            list(itertools.islice(listening, 10))
    finally:
        server.process.send_signal(18)


def test_an_api_that_lost_its_redis_hears_what_it_missed(transport, server, monkeypatch):
    monkeypatch.setattr(subscribing, "MAX_PAUSE", 0.1)
    heard = Subscription(RedisTransport(DenylistOptions(url=server.url)))
    heard.start()
    heard.wait()

    def denies(name):
        return heard.denylist.denies(access_token(authorization_id=name), "")

    def until_it_denies(name):
        until = time.monotonic() + 5
        while not denies(name):
            assert time.monotonic() < until
            time.sleep(0.01)

    transport.publish([message("first")])
    until_it_denies("first")
    server.stop()
    with pytest.raises(redis.RedisError):
        transport.publish([message("lost")])
    server.start()
    transport.publish([message("second")])
    until_it_denies("second")
    assert denies("first")
    assert not denies("lost")
    server.client.publish("oauth-denylist", b"\xff nonsense")
    transport.publish([message("third")])
    until_it_denies("third")
    heard.stop()


def test_the_rights_that_the_documentation_names_suffice(server):
    """And an API with them can only listen."""
    text = (Path(__file__).parents[3] / "docs" / "how-to" / "deploying.md").read_text()
    rights = re.search(r"needs\s+`([^`]+)`, an API `([^`]+)`, both on\s+`([^`]+)` and `([^`]+)`", text)
    provider, api, key, channel = rights.groups()
    for name, commands in (("provider", provider), ("api", api)):
        server.client.execute_command("ACL", "SETUSER", name, "on", ">secret", key, channel, *commands.split())
    server.client.execute_command("ACL", "SETUSER", "default", "off")
    theirs, ours = (
        RedisTransport(DenylistOptions(url=server.url.replace("//", f"//{name}:secret@")))
        for name in ("provider", "api")
    )
    theirs.publish([message("kept")])
    listening = ours.listen()
    assert caught_up(listening) == ["kept"]
    theirs.publish([message("sent")])
    assert next_name(listening) == "sent"
    with pytest.raises(redis.RedisError):
        ours.publish([message("forged")])
    with pytest.raises(redis.RedisError):
        next(RedisTransport(DenylistOptions(url=server.url)).listen())
