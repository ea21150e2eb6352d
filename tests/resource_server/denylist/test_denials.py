"""Denials (RFC 7009 §3): what each refuses, for how long, and how many are known."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from oauth_provider.protocol.denylist import Denial
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.denylist import denials
from oauth_provider.resource_server.denylist.denials import Denylist
from oauth_provider.resource_server.denylist.subscription import subscription
from tests.resource_server.denylist.heard import AS, FACTS, SOON, call, denial, is_refused, until
from tests.resource_server.denylist.transports import FakeTransport
from tests.rest_framework.tokens import access_token

pytestmark = pytest.mark.spec("RFC 7009", "3")


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


def test_a_denial_that_is_repeated_for_longer_is_kept_for_longer(clock):
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
    monkeypatch.setattr(denials, "MAX_DENIALS", 3)
    listed = Denylist()
    for number in (5, 3, 4, 6):
        listed.add(denial(name=str(number), exp=SOON + number))
    assert {name for _iss, _kind, name in listed._entries} == {"4", "5", "6"}
    assert "The denylist is full: authorization 3 is forgotten early." in caplog.text


def test_what_was_forgotten_early_is_not_missed_when_it_would_have_ended(clock, monkeypatch):
    monkeypatch.setattr(denials, "MAX_DENIALS", 3)
    listed = Denylist()
    for number in (5, 3, 4, 6):
        listed.add(denial(name=str(number), exp=SOON + number))
    clock.now = SOON + 4
    listed.add(denial(name="7", exp=SOON + 7))
    assert {name for _iss, _kind, name in listed._entries} == {"5", "6", "7"}


def of_client(name, client, exp=SOON):
    return Denial(AS, "token", name, exp, None, client)


def test_when_it_is_full_the_client_with_the_most_loses_its_tokens_and_nobody_elses_come_back(
    clock, monkeypatch, caplog
):
    """RFC 7009 §3: however many tokens of its own a client revokes, what others revoked stays revoked."""
    monkeypatch.setattr(denials, "MAX_DENIALS", 10)
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


def test_a_client_of_a_crowd_loses_nothing_by_its_one_denial(clock, monkeypatch):
    monkeypatch.setattr(denials, "MAX_DENIALS", 3)
    listed = Denylist()
    issued = datetime.fromtimestamp(clock.now - 1, UTC)
    for number in range(5):
        listed.add(of_client(f"revoked-{number}", f"client-{number}", SOON + number))
    assert len(listed) == 3
    for number in range(5):
        good = access_token(issuer=AS, jti="good", client_id=f"client-{number}", issued_at=issued)
        assert not listed.denies(good, "")


def test_a_crowd_without_names_crowds_out_itself(clock, monkeypatch):
    monkeypatch.setattr(denials, "MAX_DENIALS", 10)
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
    monkeypatch.setattr(denials, "MAX_DENIALS", 10)
    listed = Denylist()
    for number in range(200):
        listed.add(denial(exp=SOON + number))
    assert len(listed) == 1
    assert len(listed._by_exp) <= 21
    clock.now += 198
    assert listed.denies(access_token(authorization_id="a"), "")
