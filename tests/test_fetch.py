"""A27, outbound HTTP (RFC 7591 §5): where it may not go, what it will not take, and what comes back."""

import socket
import ssl
from unittest.mock import patch

import pytest

from oauth_provider.fetch import FetchError, Limits, fetch, is_public
from tests.each import each
from tests.web import answer, serving

pytestmark = [pytest.mark.spec("RFC 7591", "5"), pytest.mark.spec("RFC 9101", "10.4")]

OURS = Limits(is_configured=True, timeout=2)

PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
    "2002:7f00:1::",
    "2001:0:a00:1:0:0:f5ff:fffe",
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.fixture
def names():
    """What names stand for, each time they are asked; no connection is opened."""
    asked, connected, book = [], [], {}

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append(host)
        answers = book.get(host, ["127.0.0.1"])
        addresses = answers.pop(0) if answers and isinstance(answers[0], list) else answers
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    def connect(address, *args, **kwargs):
        connected.append(address)
        raise OSError("no connections here")

    with patch.object(socket, "getaddrinfo", getaddrinfo), patch.object(socket, "create_connection", connect):
        yield type("Names", (), {"asked": asked, "connected": connected, "book": book})


# -- where it may not go -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_on_the_internet_is_not_connected_to(names, address):
    assert not is_public(address)
    names.book["app.example"] = [address]
    with pytest.raises(FetchError, match="private network"):
        fetch("https://app.example/")
    assert names.connected == []


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_https_url_may_be_fetched(names, address):
    assert is_public(address)
    names.book["app.example"] = [address]
    with pytest.raises(FetchError, match="no connections here"):
        fetch("https://app.example/")
    assert names.connected == [(address, 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example/",
        "http://localhost/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "ftp://app.example/",
        "//app.example/",
        "app.example",
        "",
        "data:,x",
        "https://",
        "https:///path",
        "https://user@app.example/",
        "https://app.example:99999/",
        "https://app.example:x/",
        "https://[::1/",
        "https://app.example/a b",
        "https://app.example/\r\nHost: x",
        "https://app.example/\x00",
        "https://äpp.example/",
        "https://app.example\n/",
    ],
)
def test_what_is_no_https_url_is_not_even_looked_up(names, url):
    names.book["app.example"] = ["93.184.216.34"]
    with pytest.raises(FetchError):
        fetch(url)
    assert names.asked == names.connected == []


@each("url", ["https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://[::ffff:127.0.0.1]/"])
def test_a_number_by_another_spelling_is_still_that_number(url):
    with patch.object(socket, "create_connection", side_effect=AssertionError("connected")), pytest.raises(FetchError):
        fetch(url)


def test_one_private_address_among_public_ones_is_enough_to_refuse(names):
    names.book["app.example"] = ["93.184.216.34", "10.0.0.1"]
    with pytest.raises(FetchError, match="private network"):
        fetch("https://app.example/")
    assert names.connected == []


def test_a_name_that_changes_its_mind_is_asked_once(names):
    names.book["rebind.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    with pytest.raises(FetchError, match="no connections here"):
        fetch("https://rebind.example/")
    assert names.asked == ["rebind.example"]
    assert names.connected == [("93.184.216.34", 443)]


def test_the_operator_may_name_a_private_place_and_http_on_this_machine_alone(names):
    names.book["internal.example"] = ["10.0.0.1"]
    with pytest.raises(FetchError, match="no connections here"):
        fetch("https://internal.example/", OURS)
    assert names.connected == [("10.0.0.1", 443)]
    with pytest.raises(FetchError, match="not https"):
        fetch("http://internal.example/", OURS)


# -- what it will not take -----------------------------------------------------------------------------------


def endless(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def drip(connection, drop):
    """One drop after the other, until the caller hangs up."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    connection.settimeout(0.1)
    while True:
        connection.sendall(drop)
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


BAD = {
    "a redirect": answer("", "302 Found", Location="http://169.254.169.254/"),
    "a redirect that keeps the method": answer("", "307 Temporary Redirect", Location="https://app.example/"),
    "more than is wanted": answer("x" * 65_537),
    "an endless body": endless,
    "a compressed body": answer("x", Content_Encoding="gzip"),
    "a body that is cut off": answer("x", Content_Length="100"),
    "no HTTP": lambda connection, request: connection.sendall(b"220 smtp.example ESMTP\r\n"),
    "nothing": lambda connection, request: None,
    "endless headers": lambda connection, request: drip(connection, b"X: y\r\n"),
    "a body that drips": lambda connection, request: drip(connection, b"\r\n"),
}


@each("say", BAD.values(), ids=BAD)
def test_a_bad_answer_is_none(say):
    with serving(say) as web, pytest.raises(FetchError):
        fetch(web.url, Limits(is_configured=True, timeout=1))
    assert len(web.requests) == 1


def test_a_server_without_the_names_certificate_is_not_spoken_to():
    with (
        serving(lambda connection, request: None) as web,
        patch.object(ssl.SSLSocket, "do_handshake", side_effect=ssl.SSLCertVerificationError("not the name's")),
        pytest.raises(FetchError, match="SSLCertVerificationError"),
    ):
        fetch(f"https://127.0.0.1:{web.port}/", OURS)
    assert web.requests == []


# -- what comes back -----------------------------------------------------------------------------------------


def test_an_answer_comes_whole():
    with serving(answer('{"a": 1}', "404 Not Found", Content_Type="Application/JSON; charset=utf-8", ETag="x")) as web:
        fetched = fetch(web.url, OURS)
    assert (fetched.status, fetched.body, fetched.media_type) == (404, b'{"a": 1}', "application/json")
    assert fetched.headers["etag"] == "x"
    assert web.requests[0].startswith(b"GET /introspect HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{web.port}".encode() in web.requests[0]
    assert b"Accept-Encoding: identity" in web.requests[0]


def test_a_body_is_posted_and_as_much_as_is_wanted_is_taken():
    with serving(answer("x" * 65_536)) as web:
        assert len(fetch(web.url, OURS, body=b"a=1", headers={"X-Y": "z"}).body) == 65_536
    assert web.requests[0].startswith(b"POST /introspect")
    assert web.requests[0].endswith(b"\r\n\r\na=1")
    assert b"X-Y: z" in web.requests[0]


def test_a_second_address_is_tried_where_the_first_is_silent():
    connect, tried = socket.create_connection, []

    def create_connection(address, *args, **kwargs):
        tried.append(address[0])
        if len(tried) == 1:
            raise ConnectionRefusedError
        return connect(("127.0.0.1", address[1]), *args, **kwargs)

    with (
        serving(answer("x")) as web,
        patch.object(socket, "create_connection", create_connection),
        patch("oauth_provider.fetch.resolve", lambda *args: ["127.0.0.2", "127.0.0.3"]),
    ):
        assert fetch(f"http://localhost:{web.port}/", OURS).body == b"x"
    assert tried == ["127.0.0.2", "127.0.0.3"]
