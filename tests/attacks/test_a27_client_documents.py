"""A27 on Client ID Metadata Documents: what a stranger names is fetched outside alone, and nothing tells what it was.

And what a document may not do: speak for another host, send answers there, or be somebody else's.
"""

import json
import re
import socket
from typing import Any

import pytest
from django.core.cache import cache

from oauth_provider import fetch
from oauth_provider.clients.documents import copies
from oauth_provider.dot.names import application_model
from oauth_provider.fetch import Fetched
from oauth_provider.models import PendingRequest
from tests import ledger
from tests.documents import CALLBACK, URL, Network, document, driver_of, open_network
from tests.driver import PAR, TOKEN, Driver, post
from tests.each import each
from tests.factories import UserFactory
from tests.flows.request_objects import jwks

pytestmark = [pytest.mark.django_db, pytest.mark.spec("Client ID Metadata Document", "6.5")]

NO_DOCUMENT = [
    "http://notes.example/client.json",
    "https://notes.example",
    "https://notes.example?a=/client.json",
    "https://user@notes.example/client.json",
    "https://notes.example:x@evil.example/client.json",
    "https://notes.example\\@evil.example/client.json",
    "https://notes.example/client.json#fragment",
    "https://notes.example/a/../client.json",
    "https://notes.example/./client.json",
    "https://notes.example/%2e%2e/client.json",
    "https://notes.example/a/%2E/client.json",
    "https://notes.example/..",
    "https://notes.example:0/client.json",
    "https://notes.example:99999/client.json",
    "https://notes.example:port/client.json",
    "https:///client.json",
    "https://[::1/client.json",
    "https://no_host/client.json",
    "https://notes.example/a b",
    "https://notes.example/\r\nHost: x",
    "https://notes.example/\x00",
    "https://bücher.example/client.json",
    "HTTPS://notes.example/client.json",
    "file:///etc/passwd",
    "https://notes.example/" + "a" * 255,
]
INSIDE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1", "0.0.0.0"]
OF_OTHERS = [
    "https://evil.example/callback",
    "https://evilnotes.example/callback",
    "https://notes.example.evil.example/callback",
    "https://notes.example@evil.example/callback",
    "https://example/callback",
    "javascript:alert(1)//notes.example",
    "http://notes.example/callback",
    "notes.example://callback",
    "https://notes.example/callback#f",
    "//notes.example/callback",
    "https://[notes.example/callback",
    "https://*.notes.example/callback",
]


@pytest.fixture
def network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The door stands open, and the network has one honest document."""
    return open_network(settings, monkeypatch)


@pytest.fixture
def connected(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the real ``fetch`` connects to."""
    cache.clear()
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {"DOCUMENT": {"IS_OPEN": True}}}
    made: list[Any] = []

    def connect(address: Any, *arguments: Any, **named: Any) -> Any:
        made.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return made


def signed_in(client_id: str = URL) -> Driver:
    driver = driver_of(client_id)
    driver.sign_in(UserFactory())
    return driver


def told(client_id: str) -> tuple[int, str]:
    """Return the status and the page that a stranger gets for this client, without what differs each time."""
    answer = signed_in(client_id).authorize()
    page = answer.content.decode().replace(client_id, "")
    return answer.status_code, re.sub(r"user\d+|value=\"[^\"]*\"|[0-9A-Za-z]{8}(?=<)", "", page)


@pytest.mark.spec("Client ID Metadata Document", "3")
@each("client_id", NO_DOCUMENT)
def test_what_is_no_url_of_a_document_is_not_fetched(network: Network, client_id: str) -> None:
    driver = signed_in(client_id)
    with ledger.unchanged():
        assert driver.authorize().status_code == 400
        assert post(driver.browser, PAR, driver.request()).status_code in (400, 401)
        assert post(
            driver.browser, TOKEN, {"grant_type": "authorization_code", "client_id": client_id}
        ).status_code in (400, 401)
    assert network.asked == []


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_connected_to(monkeypatch: pytest.MonkeyPatch, connected: list[Any], address: str) -> None:
    """Nor where one of several addresses is inside; a name is resolved once, so that it cannot lead elsewhere then."""
    answers = iter([[address], ["93.184.216.34", address]])
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *arguments: Any, **named: Any) -> list[Any]:
        asked.append(host)
        family = socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (one, port)) for one in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for path in ("one", "two"):
        with ledger.unchanged():
            assert signed_in(f"https://rebinding.example/{path}").authorize().status_code == 400
    assert (connected, asked) == ([], ["rebinding.example"] * 2)


def test_addresses_in_a_url_are_looked_at_too(connected: list[Any]) -> None:
    for host in ("127.0.0.1", "[::1]", "localhost", "2130706433", "127.1"):
        assert signed_in(f"https://{host}/client.json").authorize().status_code == 400
    assert connected == []


def test_bodies_are_limited_and_never_unpacked(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    asked: list[Any] = []

    def note(url: str, limits: Any, **named: Any) -> Fetched:
        asked.append(limits)
        return network.fetch(url)

    monkeypatch.setattr(copies, "fetch", note)
    signed_in().authorize()
    assert (asked[0].max_bytes, asked[0].is_configured) == (16_384, False)
    assert asked[0].timeout <= 3
    assert fetch.DEFAULT_LIMITS.is_configured is False


@pytest.mark.spec("Client ID Metadata Document", "4.1")
def test_nothing_tells_what_was_fetched(network: Network) -> None:
    """One page for all: an outage, a refusal, another document, a page for people, and a client that there is not."""
    answers: dict[str, Any] = {
        "404": {"status": 404},
        "500": {"status": 500, "body": "Traceback: secret"},
        "html": {"body": "<title>Admin of the intranet</title>", "headers": {"content-type": "text/html"}},
        "json": {"body": json.dumps({"secret": "intranet"})},
        "list": {"body": "[]"},
        "deep": {"body": "[" * 5000},
        "bytes": {"body": b"\xff\xfe"},
        "other": {"body": json.dumps(document("https://notes.example/other2"))},
        "number": {"body": json.dumps(document() | {"client_id": 1})},
        "twice": {"body": json.dumps(document("https://notes.example/twice"))[:-1] + ', "client_id": "x"}'},
        "secret": {"body": json.dumps(document("https://notes.example/secret", client_secret="x"))},
        "method": {
            "body": json.dumps(
                document("https://notes.example/method", token_endpoint_auth_method="client_secret_basic")
            )
        },
        "grant": {"body": json.dumps(document("https://notes.example/grant", grant_types=["client_credentials"]))},
        "name": {"body": json.dumps(document("https://notes.example/name", client_name="a\u202eb"))},
        "nul": {"body": json.dumps(document("https://notes.example/nul", client_name="a\x00b"))},
        "type": {"body": json.dumps(document("https://notes.example/type", redirect_uris="https://notes.example/"))},
        "keys": {
            "body": json.dumps(
                document("https://notes.example/keys", jwks=jwks("ES256"), jwks_uri="https://x.example/")
            )
        },
        "sector": {
            "body": json.dumps(document("https://notes.example/sector", sector_identifier_uri="https://x.example/"))
        },
    }
    for name, answer in answers.items():
        network.say(answer.pop("body", ""), f"https://notes.example/{name}", **answer)
    expected = told("nobody-knows-this")
    assert expected[0] == 400
    before = ledger.counts()
    for name in [*answers, "down"]:
        assert told(f"https://notes.example/{name}") == expected, name
    after = ledger.counts()
    assert {table for table in after if after[table] != before[table]} == set()
    assert not PendingRequest.objects.exists()


@each("redirect_uri", OF_OTHERS)
def test_answers_go_to_no_other_host(network: Network, redirect_uri: str) -> None:
    """Neither alone nor beside a redirect URI of its own."""
    for uris in ([redirect_uri], [redirect_uri, CALLBACK]):
        cache.clear()
        network.publish(redirect_uris=uris)
        driver = signed_in()
        driver.redirect_uri = redirect_uri
        with ledger.unchanged():
            assert driver.authorize().status_code == 400


def test_a_document_that_is_swapped_gets_nobody_elses_answers(network: Network) -> None:
    """Between the page and the yes, the host has another document: nothing is decided."""
    driver = signed_in()
    page = driver.authorize()["Location"]
    network.publish(client_name="Your bank")
    cache.clear()
    with ledger.unchanged():
        assert driver.decide(page).status_code == 400
    network.publish(redirect_uris=["https://notes.example/elsewhere"])
    cache.clear()
    with ledger.unchanged():
        assert driver.decide(page).status_code == 400


def test_reserved_names_are_nobodys(settings: Any, network: Network) -> None:
    """The hosts are not even asked; a name is told from the document."""
    registration = {
        "DOCUMENT": {"IS_OPEN": True, "REFUSED_HOSTS": ["evil.example"]},
        "RESERVED_NAMES": ["Acme", "acme.example"],
    }
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": registration}
    for url in ("https://xn--cme-5cd.example/c", "https://acrne.example/c", "https://sub.evil.example/c"):
        network.publish(url, redirect_uris=["http://127.0.0.1/"])
        assert signed_in(url).authorize().status_code == 400
    assert network.asked == []
    for name in ("Acme", "\u0410cme notes", "A c m e"):
        cache.clear()
        network.publish(client_name=name)
        assert signed_in().authorize().status_code == 400
    assert not application_model().objects.exists()


def test_a_client_cannot_be_known_by_two_spellings_of_its_url(network: Network) -> None:
    """RFC 3986 §6.2.1: strings are compared, and nothing is made equal first."""
    for url in ("https://NOTES.example/oauth/client.json", "https://notes.example:443/oauth/client.json", f"{URL}?"):
        network.say(json.dumps(document()), url)
        assert signed_in(url).authorize().status_code == 400


def test_quotas_end_what_strangers_can_register(settings: Any, network: Network) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {"DOCUMENT": {"IS_OPEN": True, "TOTAL": 1}}}
    for number in range(3):
        url = f"https://notes.example/{number}"
        network.publish(url)
        driver = signed_in(url)
        answer = driver.decide(driver.authorize()["Location"])
        assert answer.status_code == (303 if number == 0 else 429), answer.content.decode()
    assert application_model().objects.count() == 1
