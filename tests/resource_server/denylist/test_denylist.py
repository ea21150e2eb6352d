"""The denylist of an API (RFC 7009 §3): what it hears, what that refuses, and what happens while it hears nothing."""

import logging
import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework.test import APIRequestFactory

from oauth_provider.protocol.denylist import Denial
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.authentication import authenticate
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.denylist import denials
from oauth_provider.resource_server.denylist import subscription as subscribing
from oauth_provider.resource_server.denylist.denials import Denylist
from oauth_provider.resource_server.denylist.subscription import Subscription, subscription
from oauth_provider.resource_server.options.denylist import REDIS, DenylistOptions
from tests.resource_server.denylist.transports import Barred, FakeTransport
from tests.rest_framework.tokens import access_token

pytestmark = pytest.mark.spec("RFC 7009", "3")

FAKE = "tests.resource_server.denylist.transports.FakeTransport"
AS = "https://as.example"
SOON = int(time.time()) + 3600
FACTS = {"jti": "j", "authorization_id": "a", "client_id": "c", "sub": "s"}


def denial(kind="authorization", name="a", *, iss=AS, exp=SOON, before=None):
    return Denial(iss, kind, name, exp, before)


def until(condition):
    """Wait for another thread, and fail if nothing comes of it."""
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("It never happened.")


@pytest.fixture
def transport(settings, monkeypatch):
    """The transport of a subscription that is caught up."""
    monkeypatch.setattr(subscribing, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(subscribing, "FIRST_PAUSE", 0.01)
    settings.OAUTH_RESOURCE_SERVER = settings.OAUTH_RESOURCE_SERVER | {"DENYLIST": {"TRANSPORT": FAKE}}
    subscribing._subscription.cache_clear()
    heard = subscription(conf.denylist)
    until(heard._caught_up.is_set)
    made = FakeTransport.made[-1]
    yield made
    heard.stop()
    made.say(None)
    heard._thread.join(5)
    subscribing._subscription.cache_clear()


def call(token="good"):
    return authenticate(APIRequestFactory().get("/", headers={"Authorization": f"Bearer {token}"}))


def is_refused(token="good"):
    try:
        return call(token) is None
    except InvalidToken:
        return True


# -- what is denied ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [("authorization", "a"), ("token", "j"), ("token", digest("good")), ("client", "c"), ("user", "s")],
)
def test_a_token_is_refused_by_whatever_it_hangs_on(issue, transport, kind, name):
    issue(**FACTS)
    assert not is_refused()
    transport.say(denial(kind, name).text())
    until(is_refused)


@pytest.mark.parametrize(
    "other",
    [
        denial(name="b"),
        denial("authorization", "j"),
        denial("token", "a"),
        denial("token", digest("another")),
        denial("token", "good"),
        denial("client", "s"),
        denial("user", "c"),
        denial(iss="https://other.example"),
        denial(exp=int(time.time()) - 1),
    ],
)
def test_nobody_elses_token_is_refused(issue, transport, other):
    issue(**FACTS)
    issue("marked", authorization_id="mark")
    transport.say(other.text(), denial(name="mark").text())
    until(lambda: is_refused("marked"))
    assert not is_refused()


def test_a_token_that_names_nothing_is_denied_by_its_digest_alone(issue, transport):
    issue(client_id="", sub=None)
    listening = subscription(conf.denylist).denylist
    for kind in ("authorization", "client", "user"):
        listening.add(denial(kind, "None"))
    assert not is_refused()
    listening.add(denial("token", digest("good")))
    assert is_refused()


def test_the_caller_is_told_no_more_than_of_any_revoked_token(issue, transport):
    issue(**FACTS)
    subscription(conf.denylist).denylist.add(denial())
    with pytest.raises(InvalidToken) as refused:
        call()
    assert (refused.value.description, refused.value.detail) == (
        "The access token is expired or revoked.",
        "on the denylist",
    )


def test_without_the_setting_nobody_listens(issue):
    made = len(FakeTransport.made)
    issue(**FACTS)
    assert not is_refused()
    assert len(FakeTransport.made) == made


# -- those who may come back ---------------------------------------------------------------------------------


def test_tokens_that_were_issued_later_are_not_meant():
    listed, now = Denylist(), datetime.now(UTC)
    listed.add(denial("client", "c", before=int(now.timestamp())))

    def denied(**facts):
        return listed.denies(access_token(client_id="c", **facts), "")

    assert denied(issued_at=now - timedelta(hours=1))
    assert denied(issued_at=now)
    assert denied()
    assert not denied(issued_at=now + timedelta(seconds=1))


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_denials_of_the_same_thing_each_holds(order):
    listed, now = Denylist(), int(time.time())
    for each in [denial(exp=now + 100), denial(exp=now + 200, before=now)][::order]:
        listed.add(each)
    assert listed._entries[AS, "authorization", "a"] == denial(exp=now + 200)
    for each in [denial(name="b", exp=now + 100, before=1), denial(name="b", exp=now + 50, before=2)][::order]:
        listed.add(each)
    assert listed._entries[AS, "authorization", "b"] == denial(name="b", exp=now + 100, before=2)


# -- how long, and how many ----------------------------------------------------------------------------------


class Clock:
    def __init__(self):
        self.now = float(SOON)

    def time(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(denials, "time", clock)
    return clock


def test_a_denial_ends_and_is_forgotten(clock):
    listed, token = Denylist(), access_token(authorization_id="a", expires=datetime.max.replace(tzinfo=UTC))
    listed.add(denial(exp=SOON + 10))
    assert listed.denies(token, "")
    clock.now += 10
    assert not listed.denies(token, "")
    listed.add(denial(name="b", exp=SOON + 20))
    assert len(listed) == len(listed._by_exp) == 1


def test_one_that_is_repeated_for_longer_is_kept_for_longer(clock):
    listed = Denylist()
    for exp in (10, 10, 30, 20):
        listed.add(denial(exp=SOON + exp))
    clock.now += 15
    listed.add(denial(name="b", exp=SOON + 40))
    assert listed.denies(access_token(authorization_id="a"), "")
    clock.now += 15
    listed.add(denial(name="c", exp=SOON + 40))
    assert len(listed) == len(listed._by_exp) == 2


def test_when_it_is_full_what_ends_first_goes_first_and_the_operator_is_told(clock, monkeypatch, caplog):
    monkeypatch.setattr(denials, "MOST", 3)
    listed = Denylist()
    for number in (5, 3, 4, 6):
        listed.add(denial(name=str(number), exp=SOON + number))
    assert {name for _iss, _kind, name in listed._entries} == {"4", "5", "6"}
    assert "The denylist is full: authorization 3 is forgotten early." in caplog.text


def of_client(name, client, exp=SOON):
    return Denial(AS, "token", name, exp, None, client)


def test_when_it_is_full_the_client_with_the_most_loses_its_tokens_and_nobody_elses_come_back(
    clock, monkeypatch, caplog
):
    """RFC 7009 §3: however many tokens of its own a client revokes, what others revoked stays revoked."""
    monkeypatch.setattr(denials, "MOST", 10)
    listed = Denylist()
    issued = datetime.fromtimestamp(clock.now - 1, UTC)
    victim = access_token(issuer=AS, jti="theirs", client_id="victim", issued_at=issued)
    listed.add(of_client("theirs", "victim", SOON + 50))
    for number in range(1000):
        listed.add(of_client(f"own-{number}", "crowd", SOON + 60))
        assert len(listed) <= 10
    assert listed.denies(victim, "")
    # What it crowded out of its own is denied on, and so is every other token that it had by then.
    for jti in ("own-0", "own-999", "never revoked"):
        assert listed.denies(access_token(issuer=AS, jti=jti, client_id="crowd", issued_at=issued), "")
    later = datetime.fromtimestamp(clock.now + 60, UTC)
    assert not listed.denies(access_token(issuer=AS, jti="new", client_id="crowd", issued_at=later), "")
    assert not listed.denies(access_token(issuer=AS, jti="good", client_id="victim", issued_at=issued), "")
    assert not listed.denies(access_token(issuer="https://b.example", jti="x", client_id="crowd", issued_at=issued), "")
    assert "every token that 'crowd' has by now is denied" in caplog.text
    assert len(listed._groups) <= len(listed) == sum(map(len, listed._groups.values()))


def test_a_crowd_without_names_crowds_out_itself(clock, monkeypatch):
    monkeypatch.setattr(denials, "MOST", 10)
    listed = Denylist()
    listed.add(denial(exp=SOON + 50))
    for number in range(100):
        listed.add(denial("token", str(number), exp=SOON + 60))
    assert listed.denies(access_token(authorization_id="a"), "")
    assert len(listed) == 10


def test_a_denial_that_learns_its_client_moves_to_it_and_leaves_with_it(clock):
    listed = Denylist()
    listed.add(denial("token", "x", exp=SOON + 10))
    listed.add(of_client("x", "c", SOON + 10))
    listed.add(denial("token", "x", exp=SOON + 20))
    assert list(listed._groups) == [(AS, "c", "")]
    clock.now += 20
    listed.add(denial("token", "y", exp=SOON + 40))
    assert list(listed._groups) == [(AS, "", "token")]


def test_what_is_denied_again_and_again_costs_no_more_room(clock, monkeypatch):
    monkeypatch.setattr(denials, "MOST", 10)
    listed = Denylist()
    for number in range(200):
        listed.add(denial(exp=SOON + number))
    assert len(listed) == 1
    assert len(listed._by_exp) <= 21
    clock.now += 198
    assert listed.denies(access_token(authorization_id="a"), "")


# -- what comes over the line --------------------------------------------------------------------------------

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
    monkeypatch.setattr(subscribing, "PATIENCE", 0.2)
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


# -- processes and threads -----------------------------------------------------------------------------------


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


# -- settings ------------------------------------------------------------------------------------------------

URL = "redis://127.0.0.1:6379/0"


@pytest.mark.parametrize(
    "terms",
    [
        {"URL": ""},
        {"URL": "http://127.0.0.1/"},
        {"URL": 7},
        {"URL": URL, "CHANNEL": ""},
        {"URL": URL, "CHANNEL": None},
        {"URL": URL, "PORT": 1},
        {"url": URL},
        {"CHANNEL": "x"},
        {"TRANSPORT": ""},
        {"TRANSPORT": 7},
        [],
        URL,
        {7: URL},
    ],
)
def test_terms_that_cannot_be_used_are_found(settings, terms):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": terms}
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    assert checks.check_denylist(None) == checks.check_denylist_is_guarded(None) == []
    with pytest.raises(ImproperlyConfigured):
        _ = conf.denylist


@pytest.mark.parametrize("terms", [{}, None])
def test_none_is_none(settings, terms):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": terms}
    assert conf.denylist is None
    assert checks.check_settings(None) == checks.check_denylist(None) == checks.check_denylist_is_guarded(None) == []


@pytest.mark.parametrize(
    "path",
    ["no.such.module", "tests.resource_server.denylist.transports.Unmakeable", "os.path.join", f"{FAKE}s", "os.sep"],
)
def test_a_transport_that_cannot_be_made_is_found(settings, path):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": {"TRANSPORT": path}}
    messages = checks.check_denylist(None)
    assert [message.id for message in messages] == ["oauth_resource_server.E045"]
    assert "django-oauth-authority[redis]" in messages[0].hint


def test_a_missing_redis_package_is_found(settings, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, REDIS.rpartition(".")[0], raising=False)
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": {"URL": URL}}
    assert [message.id for message in checks.check_denylist(None)] == ["oauth_resource_server.E045"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, []),
        ("redis://localhost", []),
        ("unix:///run/redis.sock", []),
        ("rediss://api:secret@redis.example", []),
        ("redis://:secret@redis.example", []),
        ("redis://redis.example:6379", ["oauth_resource_server.W045"]),
        ("rediss://api@redis.example", ["oauth_resource_server.W045"]),
        ("redis://127.0.0.1.example", ["oauth_resource_server.W045"]),
    ],
)
def test_a_redis_that_anybody_may_write_to_is_a_warning(settings, url, found):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": {"URL": url}}
    assert [message.id for message in checks.check_denylist_is_guarded(None)] == found


def test_the_password_is_not_printed():
    assert "secret" not in repr(DenylistOptions(url="redis://:secret@redis.example"))
