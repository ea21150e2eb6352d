"""The denylist that an API hears (RFC 7009 §3): what comes over the line, outages, threads and forks."""

import logging
import os
import threading
import time

import pytest

from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.denylist import subscription as subscribing
from oauth_provider.resource_server.denylist.subscription import Subscription, subscription
from tests.resource_server.denylist.heard import FACTS, denial, is_refused, until
from tests.resource_server.denylist.transports import Barred, FakeTransport
from tests.rest_framework.tokens import access_token

pytestmark = pytest.mark.spec("RFC 7009", "3")


NONSENSE = ["", "x", "{}", b"\xff\xfe", b"\x00", "[" * 100_000, '{"kind": "token"}', '{"exp": 1e999}', b"{" * 10_000, 7]


def test_nonsense_neither_counts_nor_ends_anything(issue, transport, caplog):
    issue(**FACTS)
    with caplog.at_level(logging.WARNING, "oauth_provider.resource_server"):
        transport.say(*NONSENSE, denial().text().encode())
        until(is_refused)
    assert transport.connections == 1
    assert caplog.text.count("A message on the denylist is ignored") == len(NONSENSE)
    assert "kind" not in caplog.text


def test_what_was_kept_is_known_before_the_first_answer(issue, settings):
    released, over = threading.Event(), threading.Event()

    class Slow(FakeTransport):
        def listen(self):
            released.wait(10)
            yield denial().text()
            yield None
            over.wait(10)

    issue(**FACTS)
    heard = Subscription(Slow())
    heard.start()
    threading.Timer(0.2, released.set).start()
    heard.wait()
    assert heard.denylist.denies(access_token(authorization_id="a"), "")
    heard.stop()
    over.set()


def test_while_nothing_answers_only_the_first_second_is_waited_for(issue, monkeypatch):
    monkeypatch.setattr(subscribing, "MAX_WAIT", 0.2)
    broken = FakeTransport()
    broken.barred = Barred("nobody there")
    heard = Subscription(broken)
    began = time.monotonic()
    heard.start()
    heard.wait()
    assert time.monotonic() - began > 0.19
    began = time.monotonic()
    for _ in range(100):
        heard.wait()
    assert time.monotonic() - began < 0.2 * 100
    heard.stop()


@pytest.mark.parametrize("problem", [Barred("cut"), OSError("reset"), ValueError("bad"), RecursionError(), KeyError(1)])
def test_after_an_outage_what_was_missed_is_known(issue, transport, problem, caplog):
    issue(**FACTS)
    transport.kept.append(denial().text())
    assert not is_refused()
    transport.say(problem)
    until(is_refused)
    assert "The denylist is not connected" in caplog.text


def test_tokens_are_taken_while_it_is_out(issue, transport):
    issue(**FACTS)
    transport.barred = Barred("still out")
    transport.say(Barred("cut"))
    until(lambda: transport.connections > 3)
    assert not is_refused()
    transport.kept.append(denial().text())
    transport.barred = None
    until(is_refused)


def test_a_transport_that_just_ends_is_asked_again(monkeypatch):
    class Short(FakeTransport):
        def listen(self):
            self.connections += 1
            return iter(())

    monkeypatch.setattr(subscribing, "FIRST_PAUSE", 0.01)
    short = Short()
    heard = Subscription(short)
    heard.start()
    until(lambda: short.connections > 2)
    heard.stop()


def test_many_first_calls_start_one_thread(transport):
    subscribing._subscription.cache_clear()
    before, barrier, found = len(FakeTransport.made), threading.Barrier(8), []

    def first():
        barrier.wait()
        found.append(subscription(conf.denylist))

    threads = [threading.Thread(target=first) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
    assert len(FakeTransport.made) == before + 1
    found[0].stop()
    FakeTransport.made[-1].say(None)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_listens_for_itself(transport):
    """A server that loads the application before it forks its workers, at a moment when somebody holds the lock."""
    reading, writing = os.pipe()
    with subscribing._starting:
        child = os.fork()
        if child == 0:
            answer = b"no"
            try:
                heard = subscription(conf.denylist)
                heard.wait()
                if heard._thread.is_alive() and FakeTransport.made[-1] is not transport:
                    answer = b"yes"
            finally:
                os.write(writing, answer)
                os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 3) == b"yes"
    os.close(reading)
    os.close(writing)
