"""The keys of an issuer (RFC 7517 §5, RFC 8414 §3): found, kept, rotated, and served on while it does not answer."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from oauth_provider.fetch import Fetched, FetchError, Limits
from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.testing import FakeIssuer
from oauth_provider.resource_server.verifiers import jwks
from tests import jose_keys

pytestmark = pytest.mark.spec("RFC 9068", "4")

ISSUER = "https://as.example/tenant"
WELL_KNOWN = "https://as.example/.well-known/oauth-authorization-server/tenant"
KEYS = {"keys": [dict(jose_keys.public("ES256").public_jwk)]}
METADATA = {"issuer": ISSUER, "jwks_uri": "https://as.example/tenant/jwks"}


class Clock:
    """In the place of ``time`` where keys are kept."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.OAUTH_RESOURCE_SERVER = {"AUTHORIZATION_SERVERS": [ISSUER]}
    clock = Clock()
    monkeypatch.setattr(jwks, "time", clock)
    return clock


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    with FakeIssuer(ISSUER).serving() as issuer:
        yield issuer


def is_good(token: str) -> bool:
    """Is it verified anew, and good? Raises ``ServiceUnavailable``."""
    conf.verifier._memory._answers.clear()  # type: ignore[attr-defined]
    try:
        return conf.verifier(token) is not None
    except InvalidToken:
        return False


# -- rotation and outage -------------------------------------------------------------------------------------------


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


# -- under load ----------------------------------------------------------------------------------------------------

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


# -- what is fetched -----------------------------------------------------------------------------------------------


class Net:
    """Stands for the network: what each URL answers, and with which limits it was asked."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, bool]] = []

    def fetch(self, url: str, limits: Limits, **kwargs: Any) -> Fetched:
        self.asked.append((url, limits.is_configured))
        page = self.pages.get(url)
        if isinstance(page, Exception):
            raise page
        body = page if isinstance(page, bytes) else json.dumps(page).encode()
        return Fetched(404 if page is None else 200, {}, body)


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    net = Net({WELL_KNOWN: METADATA, METADATA["jwks_uri"]: KEYS})
    monkeypatch.setattr(jwks, "fetch", net.fetch)
    return net


def kids() -> list[str]:
    return [key.kid for key in jwks.IssuerKeys(ISSUER).current()]


@pytest.mark.spec("RFC 8414", "3.1")
@pytest.mark.parametrize(
    "place",
    [
        WELL_KNOWN,
        "https://as.example/.well-known/openid-configuration/tenant",
        "https://as.example/tenant/.well-known/openid-configuration",
    ],
)
def test_metadata_is_found_wherever_it_may_be(net: Net, place: str) -> None:
    net.pages = {place: METADATA, METADATA["jwks_uri"]: KEYS}
    assert kids() == [jose_keys.key("ES256").kid]


def test_a_jwks_uri_that_is_given_needs_no_metadata(net: Net, settings: Any) -> None:
    given = "https://keys.internal/jwks"
    settings.OAUTH_RESOURCE_SERVER |= {"JWT": {"JWKS_URIS": {ISSUER: given}}}
    net.pages = {given: KEYS}
    assert kids() == [jose_keys.key("ES256").kid]
    assert net.asked == [(given, True)]


@pytest.mark.parametrize(
    ("uri", "is_trusted"), [(METADATA["jwks_uri"], True), ("https://elsewhere.example/jwks", False)]
)
def test_metadata_leads_into_no_private_network_but_the_issuers(net: Net, uri: str, is_trusted: bool) -> None:
    net.pages = {WELL_KNOWN: METADATA | {"jwks_uri": uri}, uri: KEYS}
    assert kids()
    assert net.asked[-1] == (uri, is_trusted)


@pytest.mark.spec("RFC 8414", "3.3")
@pytest.mark.parametrize(
    "page",
    [
        METADATA | {"issuer": "https://as.example"},
        METADATA | {"issuer": ISSUER + "/"},
        METADATA | {"issuer": [ISSUER]},
        {"jwks_uri": METADATA["jwks_uri"]},
        {"issuer": ISSUER},
        METADATA | {"jwks_uri": 7},
        [METADATA],
        b"",
        b"\xff",
        b"<html>",
        b'{"issuer": "https://as.example/tenant", "issuer": "x", "jwks_uri": "y"}',
        b"[" * 40_000,
        FetchError("down"),
    ],
    ids=lambda page: str(page)[:40],
)
def test_metadata_that_is_not_the_issuers_is_not_believed(net: Net, page: Any) -> None:
    net.pages[WELL_KNOWN] = page
    with pytest.raises(ServiceUnavailable):
        kids()
    assert METADATA["jwks_uri"] not in [url for url, _trusted in net.asked]


@pytest.mark.spec("RFC 7517", "5")
@pytest.mark.parametrize(
    "page",
    [
        {},
        {"keys": {}},
        {"keys": []},
        {"keys": [7, None, {}]},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": KEYS["keys"] * 65},
        [],
        b"\xff",
        b"{",
        FetchError("down"),
        None,
    ],
    ids=lambda page: str(page)[:40],
)
def test_a_key_set_that_is_none_leaves_the_last_keys_in_place(net: Net, clock: Clock, page: Any) -> None:
    keys = jwks.IssuerKeys(ISSUER)
    before = keys.current()
    net.pages[METADATA["jwks_uri"]] = page
    clock.now += 301
    assert keys.current() == before
    with pytest.raises(ServiceUnavailable):
        kids()
