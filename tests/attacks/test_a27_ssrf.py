"""A27, SSRF: whatever URL is sent to us, no connection is opened (RFC 9101 §10.4, RFC 7591 §5)."""

import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from tests import ledger
from tests.driver import AUTHORIZE, Driver, post, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9101", "10.4"), pytest.mark.spec("RFC 7591", "5")]

URLS = [
    "https://app.example.com/request.jwt",
    "http://127.0.0.1/",
    "https://localhost/",
    "http://[::1]/",
    "https://10.0.0.1/",
    "https://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:10.0.0.1]/",
    "http://2130706433/",
    "http://0x7f000001/",
    "https://rebind.example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp://app.example.com/",
    "//app.example.com/",
    "data:,x",
]


@pytest.fixture(autouse=True)
def attempts(driver: Driver) -> Iterator[list[Any]]:
    """What would have been connected to, or looked up. The database has its connection by then."""
    made: list[Any] = []

    def refuse(*args: Any, **kwargs: Any) -> Any:
        made.append(args)
        raise OSError("no connections here")

    names = ("create_connection", "getaddrinfo", "gethostbyname")
    with (
        patch.object(socket.socket, "connect", refuse),
        patch.multiple(socket, **{name: refuse for name in names}),
    ):
        yield made
    assert made == []


@pytest.fixture
def driver() -> Driver:
    return signed_in()


@each("url", URLS)
def test_a_request_uri_is_refused_unfetched_and_always_in_the_same_words(driver: Driver, url: str) -> None:
    with ledger.unchanged():
        answer = query_of(driver.authorize(request_uri=url)["Location"])
    assert answer == {
        "error": "request_uri_not_supported",
        "error_description": "The request_uri parameter is not supported.",
        "state": "a state",
        "iss": "https://auth.example.com",
    }


@each("url", URLS[::4])
def test_nor_is_it_fetched_when_posted(driver: Driver, url: str) -> None:
    resumed = post(driver.browser, AUTHORIZE, driver.request(request_uri=url))["Location"]
    assert query_of(driver.browser.get(resumed)["Location"])["error"] == "request_uri_not_supported"


@each("url", URLS[::4])
@each(
    "name", ["client_id", "redirect_uri", "jwks_uri", "logo_uri", "sector_identifier_uri", "client_uri", "registration"]
)
def test_no_other_parameter_is_fetched(driver: Driver, name: str, url: str) -> None:
    driver.authorize(**{name: url})
    ledger.refused(driver.redeem("x", **({name: url} if name.endswith("_uri") else {})), "invalid_grant")


@each("url", URLS[::4])
def test_a_resource_is_a_name_and_is_not_visited(driver: Driver, url: str) -> None:
    assert query_of(driver.authorize(resource=url)["Location"])["error"] == "invalid_target"
