"""Origins as browsers write them (RFC 6454 §6.2): nothing else can ever match."""

import pytest

from oauth_provider.protocol.origin import Fault, find_fault, origin_of
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6454", "6.2")


@each(
    "origin",
    [
        "https://app.example.com",
        "https://app.example.com:8443",
        "http://localhost:3000",
        "http://127.0.0.1:5173",
        "http://[::1]:3000",
    ],
)
def test_an_origin_is_scheme_host_and_port(origin):
    assert find_fault(origin) is None
    assert origin_of(f"{origin}/a/path?x=1") == origin


@each(
    ("origin", "found"),
    [
        ("https://a.example b", Fault.CHARACTERS),
        ("https://a.example\x00", Fault.CHARACTERS),
        ("https://b\u00fccher.example", Fault.CHARACTERS),
        ("https://[::1", Fault.MALFORMED),
        ("https://a.example:port", Fault.MALFORMED),
        ("https://a.example:0", Fault.PORT),
        ("https://a.example:65536", Fault.PORT),
        ("https://" + "a" * 300, Fault.LENGTH),
        ("https://-a.example", Fault.HOST_NAME),
        ("https://a_b.example", Fault.HOST_NAME),
        ("https://" + "a" * 64, Fault.HOST_NAME),
        ("https://192.0.2.256", Fault.HOST_NAME),
        ("", Fault.SCHEME),
        ("null", Fault.SCHEME),
        ("*", Fault.SCHEME),
        ("app.example.com", Fault.SCHEME),
        ("localhost:3000", Fault.SCHEME),
        ("com.example.app:/", Fault.SCHEME),
        ("https://", Fault.SCHEME),
        ("https://*.example.com", Fault.WILDCARD),
        ("https://app.example.com/", Fault.MORE_THAN_ORIGIN),
        ("https://app.example.com/app", Fault.MORE_THAN_ORIGIN),
        ("https://app.example.com?x", Fault.MORE_THAN_ORIGIN),
        ("https://app.example.com#x", Fault.MORE_THAN_ORIGIN),
        ("https://user@app.example.com", Fault.MORE_THAN_ORIGIN),
        ("http://app.example.com", Fault.PLAIN_HTTP),
        ("http://localhost.example.com", Fault.PLAIN_HTTP),
        ("https://app.example.com:443", Fault.SPELLING),
        ("http://localhost:80", Fault.SPELLING),
        ("https://App.example.com", Fault.SPELLING),
        ("HTTPS://app.example.com", Fault.SPELLING),
        ("https://app.example.com:08443", Fault.SPELLING),
    ],
)
def test_what_no_browser_would_write_is_refused(origin, found):
    assert find_fault(origin) is found


@each("url", ["com.example.app:/cb", "/cb", "", "https:///cb"])
def test_what_is_no_web_address_has_no_origin(url):
    assert origin_of(url) == ""


def test_the_usual_port_is_left_out():
    assert origin_of("https://A.example:443/cb") == "https://a.example"


APPS = ("capacitor", "tauri", "chrome-extension", "javascript", "file", "https")


@each("origin", ["capacitor://localhost", "tauri://localhost", "chrome-extension://abcdefgh"])
def test_the_origin_of_a_page_inside_an_app_needs_an_operator_who_allows_its_scheme(origin):
    assert find_fault(origin) is Fault.SCHEME
    assert find_fault(origin, app_schemes=APPS) is None


@each(
    ("origin", "found"),
    [
        ("ionic://localhost", Fault.SCHEME),
        ("javascript://localhost", Fault.SCHEME),
        ("file://localhost", Fault.SCHEME),
        ("capacitor://", Fault.SCHEME),
        ("capacitor:localhost", Fault.SCHEME),
        ("capacitor://*", Fault.WILDCARD),
        ("capacitor://localhost/", Fault.MORE_THAN_ORIGIN),
        ("capacitor://a@localhost", Fault.MORE_THAN_ORIGIN),
        ("capacitor://-a", Fault.HOST_NAME),
        ("Capacitor://localhost", Fault.SPELLING),
        ("http://app.example.com", Fault.PLAIN_HTTP),
        ("https://app.example.com:443", Fault.SPELLING),
    ],
)
def test_an_allowed_scheme_excuses_nothing_else(origin, found):
    assert find_fault(origin, app_schemes=APPS) is found
