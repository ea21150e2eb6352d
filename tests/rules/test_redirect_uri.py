"""Redirect URIs (RFC 9700 §4.1.3): compared as strings; only a loopback port may differ (RFC 8252 §7.3)."""

import pytest

from oauth_provider.protocol.redirect_uri import (
    destination,
    front_page,
    is_https,
    is_loopback,
    is_plain_http,
    is_usable,
    matches,
    matches_any,
)
from tests.each import each

REGISTERED = "https://good.com/cb"


@pytest.mark.spec("RFC 9700", "4.1.3")
@each(
    "uri",
    [
        REGISTERED,
        "https://good.com/cb?tenant=1",
        "https://good.com:8443/cb",
        "https://good.com",
        "http://localhost:3000/cb",
        "http://intranet/cb",
        "com.example.app:/cb",
        "com.example.app://cb",
        "https://[2001:db8::1]/cb",
    ],
)
def test_the_registered_redirect_uri_matches_itself(uri):
    assert matches(uri, uri)


@pytest.mark.spec("RFC 9700", "4.1.3")
@each(
    "presented",
    [
        "", "/cb", "//good.com/cb", "good.com/cb", "https:/good.com/cb", "https:good.com/cb",
        "http://good.com/cb", "HTTPS://good.com/cb", "https://GOOD.com/cb", "https://good.com./cb",
        "https://good.com:443/cb", "https://good.com:8443/cb", "https://good.com:/cb", "https://good.com:0443/cb",
        "https://good.com/cb/", "https://good.com/CB", "https://good.com/c", "https://good.com/cb/more",
        "https://good.com/cb/../x", "https://good.com/cb/../cb", "https://good.com/cb%2F..", "https://good.com/%63b",
        "https://good.com//cb", "https://good.com/./cb", "https://good.com\\cb", "https://good.com/cb\\",
        "https://good.com/cb?", "https://good.com/cb?x=1", "https://good.com/cb;x", "https://good.com/cb#",
        "https://good.com/cb#f", "https://good.com@evil.com/cb", "https://evil.com@good.com/cb",
        "https://user:pass@good.com/cb", "https://good.com.evil.com/cb", "https://x.good.com/cb",
        "https://evilgood.com/cb", "https://good.com%2eevil.com/cb", "https://good.com%00.evil.com/cb",
        "https://evil.com/https://good.com/cb", "https://evil.com//good.com/cb", "https://evil.com#good.com/cb",
        "https://evil.com?good.com/cb", "https://evil.com\\@good.com/cb", "https://good.com\t/cb",
        "https://good.com/cb\t", " https://good.com/cb", "https://good.com/cb ", "https://good.com/cb\n",
        "https://good.com/cb\r\nSet-Cookie: x=1", "https://good.com/cb\x00", "https://good.com/\u202ecb",
        "https://gооd.com/cb", "https://xn--gd-jmca.com/cb", "https://[::1]/cb", "https://0x7f.1/cb",  # noqa: RUF001
        "https://2130706433/cb", "javascript:alert(1)//good.com/cb", "data:text/html,good.com/cb", "\ud800",
    ],
)  # fmt: skip
def test_anything_but_the_registered_redirect_uri_is_refused(presented):
    assert not matches(presented, REGISTERED)


@pytest.mark.spec("RFC 8252", "7.3")
@each(
    ("registered", "presented"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1:49152/cb"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1/cb"),
        ("http://[::1]/cb", "http://[::1]:1/cb"),
        ("http://127.0.0.1", "http://127.0.0.1:65535"),
        ("http://127.0.0.1/cb?x=1", "http://127.0.0.1:5/cb?x=1"),
    ],
)
def test_a_loopback_redirect_may_differ_in_its_port(registered, presented):
    assert matches(presented, registered)


@pytest.mark.spec("RFC 9700", "2.1")
@each(
    ("registered", "presented"),
    [
        ("http://localhost/cb", "http://localhost:49152/cb"),
        ("http://localhost", "http://localhost:1"),
        ("http://localhost/cb?x=1", "http://localhost:65535/cb?x=1"),
    ],
)
def test_an_app_that_registered_no_port_of_localhost_may_choose_one(registered, presented):
    assert matches(presented, registered)
    assert not matches(registered, presented), "one that it did register is kept"


@pytest.mark.spec("RFC 8252", "7.3")
@each(
    ("registered", "presented"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:0/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:123456/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:-1/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80a/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:\uff18\uff10/cb"),
        ("http://127.0.0.1/cb", "https://127.0.0.1:80/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/other"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/cb/"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/cb?x=1"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/cb#f"),
        ("http://127.0.0.1/cb", "http://127.0.0.2:80/cb"),
        ("http://127.0.0.1/cb", "http://[::1]:80/cb"),
        ("http://127.0.0.1/cb", "http://[::ffff:127.0.0.1]:80/cb"),
        ("http://127.0.0.1/cb", "http://localhost:80/cb"),
        ("http://127.0.0.1/cb", "http://0x7f.1:80/cb"),
        ("http://127.0.0.1/cb", "http://2130706433:80/cb"),
        ("http://127.0.0.1/cb", "http://127.1:80/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1.evil.com:80/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1@evil.com/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.com/cb"),
        ("http://127.0.0.1/cb", "http://evil.com:80/cb"),
        ("http://localhost:3000/cb", "http://localhost:8000/cb"),
        ("http://localhost:3000/cb", "http://localhost/cb"),
        ("http://localhost/cb", "http://localhost:8000/other"),
        ("http://localhost/cb", "http://localhost:8000/cb?x=1"),
        ("http://localhost/cb", "http://localhost:0/cb"),
        ("http://localhost/cb", "http://localhost:65536/cb"),
        ("http://localhost/cb", "http://localhost:/cb"),
        ("http://localhost/cb", "https://localhost:8000/cb"),
        ("https://localhost/cb", "https://localhost:8000/cb"),
        ("http://localhost/cb", "http://LOCALHOST:8000/cb"),
        ("http://localhost/cb", "http://localhost.:8000/cb"),
        ("http://localhost/cb", "http://localhost.example.com:8000/cb"),
        ("http://localhost/cb", "http://localhost:80@evil.com/cb"),
        ("http://localhost/cb", "http://evil.com:8000/cb"),
        ("http://localhost/cb", "http://127.0.0.1:8000/cb"),
        ("http://localhost/cb", "http://[::1]:8000/cb"),
        ("https://127.0.0.1/cb", "https://127.0.0.1:8443/cb"),
        ("http://10.0.0.1/cb", "http://10.0.0.1:8000/cb"),
        ("https://good.com/cb", "http://127.0.0.1:80/cb"),
    ],
)
def test_a_loopback_redirect_may_differ_in_nothing_else_and_nothing_else_in_its_port(registered, presented):
    assert not matches(presented, registered)


@pytest.mark.spec("RFC 9700", "4.1.3")
@each(
    "uri",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
        "blob:https://good.com/1", "about:blank", "filesystem:x", "mailto:a@b", "ftp://good.com/", "ws://good.com/",
        "wss://good.com/", "view-source:https://good.com", "chrome://settings", "https://", "https:///cb", "http:cb",
        "https://good.com/cb#f", "https://a:b@good.com/cb", "https://good.com/<script>", 'https://good.com/"', "cb",
        "https://[::1/cb", "https://good.com:port/cb", "https://good.com/c b", "https://good.com/\x7f", "",
    ],
)  # fmt: skip
def test_no_answer_goes_to_what_runs_shows_or_misleads_even_if_it_is_registered(uri):
    assert not is_usable(uri)
    assert not matches(uri, uri)


@pytest.mark.spec("RFC 8252", "8.3")
@each(
    ("uri", "loopback"),
    [
        ("http://127.0.0.1/", True),
        ("http://[::1]:3000", True),
        ("http://localhost/", False),
        ("https://127.0.0.1/", False),
        ("http://127.0.0.1.nip.io/", False),
        ("http://127.0.0.1\n", False),
    ],
)
def test_loopback_is_an_ip_literal_over_http(uri, loopback):
    assert is_loopback(uri) is loopback


@pytest.mark.spec("RFC 9700", "4.1.3")
@each(("presented", "found"), [("a:/1", True), ("a:/2", True), ("a:/3", False), ("a:/1 a:/2", False)])
def test_one_of_those_registered_must_match(presented, found):
    assert matches_any(presented, ("a:/1", "a:/2")) is found


def test_nothing_matches_where_nothing_is_registered():
    assert not matches_any("https://good.com/cb", ())


@pytest.mark.spec("RFC 8252", "8.6")
@each(
    ("uri", "assured"), [("https://a.com/", True), ("http://a.com/", False), ("app:/cb", False), ("HTTPS://a", False)]
)
def test_only_an_https_redirect_proves_who_receives_the_code(uri, assured):
    assert is_https(uri) is assured


@each(
    ("uri", "words"),
    [
        ("https://app.example.com:8443/cb", "app.example.com"),
        ("com.example.app:/cb", "com.example.app:"),
        ("http://[::1]:80/", "::1"),
    ],
)
def test_a_person_is_told_the_host_or_the_apps_own_scheme(uri, words):
    assert destination(uri) == words


@each(
    ("redirect_uri", "shown"),
    [
        ("https://app.example.com/cb", "app.example.com"),
        ("https://app.example.com:8443/cb?a=b", "app.example.com"),
        ("http://127.0.0.1:7777/cb", "127.0.0.1"),
        ("com.example.app:/cb", "com.example.app:"),
        ("evilapp://accounts.google.com/cb", "evilapp:"),
        ("evilapp://user@accounts.google.com/cb", "evilapp:"),
    ],
)
@pytest.mark.spec("RFC 8252", "8.6")
def test_a_destination_shows_a_host_only_where_a_host_receives_the_answer(redirect_uri: str, shown: str) -> None:
    assert destination(redirect_uri) == shown


@each(
    ("redirect_uri", "is_plain"),
    [
        ("http://app.example.com/cb", True),
        ("http://localhost.example.com/cb", True),
        ("http://127.0.0.1.example.com/cb", True),
        ("http://localhost:3000/cb", False),
        ("http://127.0.0.1:3000/cb", False),
        ("http://[::1]/cb", False),
        ("https://app.example.com/cb", False),
        ("com.example.app:/cb", False),
    ],
)
@pytest.mark.spec("RFC 9700", "2.6")
def test_plain_http_is_http_that_leaves_the_machine(redirect_uri: str, is_plain: bool) -> None:
    assert is_plain_http(redirect_uri) == is_plain


@each(
    ("uris", "expected"),
    [
        (["https://app.example.com/callback"], "https://app.example.com/"),
        (["https://app.example.com:8443/a?b=c", "https://app.example.com:8443/d"], "https://app.example.com:8443/"),
        (["https://app.example.com/a", "https://other.example.com/a"], ""),
        (["https://app.example.com/a", "com.example.app:/a"], ""),
        (["http://127.0.0.1/a"], ""),
        (["http://app.example.com/a"], ""),
        (["com.example.app:/a"], ""),
        (["not a uri"], ""),
        ([""], ""),
        ([], ""),
    ],
)
def test_the_front_page_is_that_of_the_one_https_site_to_which_all_belong(uris, expected):
    assert front_page(uris) == expected


@pytest.mark.spec("RFC 9700", "2.1")
@each(
    "other", ["http://localhost:8000/x", "http://127.0.0.1:3000/cb", "http://localhost:0/cb", "https://localhost:1/cb"]
)
def test_a_project_may_let_ports_of_localhost_differ_that_were_registered(other):
    registered = "http://localhost:3000/cb"
    assert matches("http://localhost:8000/cb", registered, any_port_of_localhost=True)
    assert not matches("http://localhost:8000/cb", registered)
    assert not matches(other, registered, any_port_of_localhost=True)
    assert not matches("https://good.com:8443/cb", "https://good.com/cb", any_port_of_localhost=True)
