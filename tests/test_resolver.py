"""Name resolution (RFC 9101 §10.4): bounded in time and in threads, also where no name server answers."""

import os
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from oauth_provider import resolver
from oauth_provider.fetch import FetchError, Limits, fetch
from oauth_provider.resolver import MAX_THREADS, Resolver, ResolverBusy

pytestmark = pytest.mark.spec("RFC 9101", "10.4")


def answer(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]


class NameServer:
    """Names that begin with "slow" are not answered until ``released``."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.asked: list[str] = []

    def getaddrinfo(self, host: str, *args: Any, **kwargs: Any) -> list[Any]:
        self.asked.append(host)
        if host.startswith("slow"):
            self.arrived.release()
            self.released.wait(20)
        if host.startswith("no-such"):
            raise socket.gaierror("no such name")
        return answer("93.184.216.34", "93.184.216.34", "93.184.216.35")


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    server = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", server.getaddrinfo)
    yield server
    server.released.set()
    join_resolver_threads()


def resolver_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "oauth-resolver"]


def join_resolver_threads() -> None:
    for thread in resolver_threads():
        thread.join(10)


def give_up(names: Resolver, number: int) -> None:
    for one in range(number):
        with pytest.raises(TimeoutError):
            names.addresses(f"slow{one}.example", 443, 0)


def test_each_address_is_given_once(name_server: NameServer) -> None:
    assert Resolver().addresses("app.example", 443, 5) == ["93.184.216.34", "93.184.216.35"]


def test_what_getaddrinfo_raises_is_raised(name_server: NameServer) -> None:
    with pytest.raises(socket.gaierror, match="no such name"):
        Resolver().addresses("no-such.example", 443, 5)


def test_a_name_that_takes_too_long_is_given_up(name_server: NameServer) -> None:
    with pytest.raises(TimeoutError, match="took too long"):
        Resolver().addresses("slow.example", 443, 0.01)
    assert not name_server.released.is_set()  # it was not waited for


def test_fetching_gives_it_up_as_well_and_connects_to_nothing(
    name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "third_party", Resolver())
    monkeypatch.setattr(socket, "create_connection", lambda *a: pytest.fail("connected"))
    with pytest.raises(FetchError, match="took too long"):
        fetch("https://slow.example/", Limits(timeout=0.01))


def test_the_time_that_a_name_took_is_not_given_to_the_connection(
    name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = time.monotonic
    passed = 0.0
    given: list[float] = []

    def addresses(self: Resolver, *args: Any) -> list[str]:
        nonlocal passed
        passed = 3.0
        return ["93.184.216.34"]

    def connect(address: Any, timeout: float) -> None:
        given.append(timeout)
        raise OSError("no connections here")

    monkeypatch.setattr(Resolver, "addresses", addresses)
    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(time, "monotonic", lambda: clock() + passed)
    with pytest.raises(FetchError, match="no connections here"):
        fetch("https://app.example/", Limits(timeout=5))
    assert given[0] <= 2


def test_no_more_threads_wait_than_may_and_further_names_are_refused_at_once(name_server: NameServer) -> None:
    names = Resolver()
    give_up(names, MAX_THREADS)
    assert len(resolver_threads()) == MAX_THREADS
    for _time in range(3):
        with pytest.raises(ResolverBusy):
            names.addresses("app.example", 443, 60)
    assert len(resolver_threads()) == MAX_THREADS
    assert len(name_server.asked) == MAX_THREADS


def test_names_are_looked_up_again_once_name_servers_answer(name_server: NameServer) -> None:
    names = Resolver()
    for _time in range(3):
        name_server.released.clear()
        give_up(names, MAX_THREADS)
        name_server.released.set()
        join_resolver_threads()
        assert names.addresses("app.example", 443, 5)
    join_resolver_threads()
    assert resolver_threads() == []


def test_a_name_waits_for_one_that_is_still_being_looked_up(name_server: NameServer) -> None:
    names = Resolver()
    waiting = [
        threading.Thread(target=names.addresses, args=(f"slow{one}.example", 443, 20)) for one in range(MAX_THREADS)
    ]
    for thread in waiting:
        thread.start()
    assert all(name_server.arrived.acquire(timeout=20) for _one in waiting)
    with pytest.raises(TimeoutError, match="too many"):  # busy, and not given up: it is waited for
        names.addresses("app.example", 443, 0.01)
    name_server.released.set()
    assert names.addresses("app.example", 443, 20)
    for thread in waiting:
        thread.join(10)


def test_names_of_strangers_do_not_hold_up_those_that_the_operator_wrote(
    name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "third_party", Resolver())
    give_up(resolver.third_party, MAX_THREADS)
    monkeypatch.setattr(socket, "create_connection", lambda *a: (_ for _ in ()).throw(OSError("no connections here")))
    with pytest.raises(FetchError, match="do not answer"):
        fetch("https://app.example/")
    with pytest.raises(FetchError, match="no connections here"):
        fetch("https://issuer.example/", Limits(is_configured=True))


def test_a_forked_process_looks_names_up_although_all_threads_were_stuck(
    name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "third_party", Resolver())
    give_up(resolver.third_party, MAX_THREADS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads beside a fork, which are what this is about
        child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            found = resolver.third_party.addresses("app.example", 443, 10)
            os._exit(0 if found else 1)
        except BaseException:
            os._exit(2)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
