"""A27 on the URLs that a client registers: whatever they lead to, nothing inside answers (RFC 7591 §5)."""

import socket
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from oauth_provider.models import ClientPolicy
from oauth_provider.models.client_metadata import check_https
from tests import jose_keys, ledger
from tests.client_keys import send, signed
from tests.driver import Driver, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]

NOT_REGISTERED = [
    "",
    "http://app.example.com/jwks",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "data:application/json,{}",
    "//app.example.com/jwks",
    "https:///jwks",
    "https://user@app.example.com/jwks",
    "https://app.example.com\\@evil.example/",
    "https://app.example.com/jwks#f",
    "https://app.example.com:port/",
    "https://[::1/",
    "https://app.example.com/a b",
    "https://app.example.com/\x00",
    "https://app.example.com/\r\nHost: x",
    "https://bücher.example/",
    "https://app.example.com/" + "a" * 1100,
]
INSIDE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"]
LITERAL = ["https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f000001/", "https://localhost/"]


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"jwks_uri": "https://rebind.example.com/jwks"})


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where connections would have gone."""
    made: list[Any] = []

    def refuse(address: Any, *args: Any, **kwargs: Any) -> Any:
        made.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return made


@each("url", NOT_REGISTERED)
def test_what_is_no_https_url_is_not_registered(url: str) -> None:
    with pytest.raises(ValidationError):
        check_https(url)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_connected_to_and_all_are_answered_alike(
    driver: Driver, connected: list[Any], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def lookup(host: str, port: int, **kwargs: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", lookup)
        answer = said(driver)
    assert connected == []
    # The very words for a server that is there and does not answer.
    ClientPolicy.objects.update(jwks_uri="https://elsewhere.example.com/jwks")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.216.34", 443))])
    assert said(driver) == answer
    assert len(connected) == 1


@pytest.mark.parametrize("url", LITERAL)
def test_an_address_inside_is_not_connected_to(driver: Driver, connected: list[Any], url: str) -> None:
    ClientPolicy.objects.update(jwks_uri=url)
    said(driver)
    assert connected == []


def said(driver: Driver) -> dict[str, str]:
    with ledger.unchanged():
        response = send(driver, signed(driver, jose_keys.key("ES256")))
    answer = query_of(response["Location"])
    assert answer["error"] == "temporarily_unavailable"
    return answer
