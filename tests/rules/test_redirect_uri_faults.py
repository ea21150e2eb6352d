"""Why a redirect URI may not be registered: the first reason, told to whoever types it (RFC 6749 §3.1.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_provider.protocol.redirect_uri import Fault, find_fault, is_plain_http, matches
from tests.each import each


@pytest.mark.spec("RFC 6749", "3.1.2")
@each(
    "uri",
    [
        "https://app.example.com/callback", "https://app.example.com", "https://app.example.com:8443/cb?tenant=1",
        "https://[2001:db8::1]/cb", "https://xn--gd-jmca.com/cb", "http://127.0.0.1/cb", "http://[::1]:3000/cb",
        "http://localhost:3000/cb", "com.example.app:/cb", "com.example.app://cb", "com.example.app:///cb", "https://a.example/CallBack",
        "https://a.example/x@y", "https://a.example./cb", "https://intranet/cb", "https://192.0.2.1:65535/cb",
        "https://a.example:1/cb", "https://" + "a" * 63 + ".example/cb", "https://" + "a." * 123 + "example/cb",
        "https://a.example/" + "x" * 2030, "https://1and1.example/cb", "https://a--b.example/cb",
    ],
)  # fmt: skip
def test_what_has_no_fault_may_be_registered_and_matches_itself(uri):
    assert find_fault(uri) is None
    assert matches(uri, uri)


@pytest.mark.spec("RFC 6749", "3.1.2")
@each(
    ("uri", "found"),
    [
        ("https://a.example/c b", Fault.CHARACTERS),
        ("https://a.example/\x00", Fault.CHARACTERS),
        ("https://a.example/\t", Fault.CHARACTERS),
        ("https://b\u00fccher.example/", Fault.CHARACTERS),
        ('https://a.example/"', Fault.CHARACTERS),
        ("https://a.example\\@b.example/", Fault.CHARACTERS),
        ("\ud800", Fault.CHARACTERS),
        ("https://a.example/cb#", Fault.FRAGMENT),
        ("https://a.example/#/cb", Fault.FRAGMENT),
        ("https://[::1/cb", Fault.MALFORMED),
        ("https://a.example:port/cb", Fault.MALFORMED),
        ("https://a.example:99999/cb", Fault.PORT),
        ("https://a.example:65536/cb", Fault.PORT),
        ("https://a.example:0/cb", Fault.PORT),
        ("https://[::1]:00/cb", Fault.PORT),
        ("com.example.app://cb:0/", Fault.PORT),
        ("https://a.example:" + "9" * 1000 + "/cb", Fault.PORT),
        ("https://a.example/" + "x" * 2031, Fault.LENGTH),
        ("https://a.example:" + "9" * 20000, Fault.LENGTH),
        ("com.example.app:/" + "x" * 20000, Fault.LENGTH),
        ("https://-a.example/", Fault.HOST_NAME),
        ("https://a-.example/", Fault.HOST_NAME),
        ("https://a_b.example/", Fault.HOST_NAME),
        ("https://a..example/", Fault.HOST_NAME),
        ("https://.example/", Fault.HOST_NAME),
        ("https://a.example../", Fault.HOST_NAME),
        ("https://./", Fault.HOST_NAME),
        ("https://a%2eexample/", Fault.HOST_NAME),
        ("https://" + "a" * 64 + ".example/", Fault.HOST_NAME),
        ("https://" + "a." * 124 + "example/", Fault.HOST_NAME),
        ("https://192.0.2.256/", Fault.HOST_NAME),
        ("https://192.0.2/", Fault.HOST_NAME),
        ("https://[fe80::1%25eth0]/", Fault.HOST_NAME),
        ("http://-a.example/", Fault.HOST_NAME),
        ("com.example.app://-cb", Fault.HOST_NAME),
        ("com.example.app://:80/", Fault.HOST_NAME),
        ("com.example.app://u@cb/", Fault.USERINFO),
        ("com.example.app:", Fault.PRIVATE_SCHEME),
        ("intent://a.example/#Intent;end", Fault.FRAGMENT),
        ("intent://a.example/", Fault.FORBIDDEN_SCHEME),
        ("", Fault.RELATIVE),
        ("/cb", Fault.RELATIVE),
        ("//a.example/cb", Fault.RELATIVE),
        ("app.example.com/callback", Fault.RELATIVE),
        ("javascript:alert(1)", Fault.FORBIDDEN_SCHEME),
        ("JavaScript:alert(1)", Fault.FORBIDDEN_SCHEME),
        ("data:text/html,x", Fault.FORBIDDEN_SCHEME),
        ("file:///etc/passwd", Fault.FORBIDDEN_SCHEME),
        ("https:///cb", Fault.HOST),
        ("https:cb", Fault.HOST),
        ("https:/a.example/cb", Fault.HOST),
        ("https://", Fault.HOST),
        ("https://user@a.example/cb", Fault.USERINFO),
        ("https://good.example@evil.example/cb", Fault.USERINFO),
        ("https://*.example.com/cb", Fault.WILDCARD),
        ("https://app.example.com/*", Fault.WILDCARD),
        ("myapp://cb", Fault.PRIVATE_SCHEME),
        ("myapp:/cb", Fault.PRIVATE_SCHEME),
        ("localhost:3000/cb", Fault.PRIVATE_SCHEME),
        ("app.example.com:8443/cb", Fault.PRIVATE_SCHEME),
        ("com.example.app:cb", Fault.PRIVATE_SCHEME),
        ("http://app.example.com/cb", Fault.PLAIN_HTTP),
        ("http://127.0.0.1.evil.example/cb", Fault.PLAIN_HTTP),
        ("http://192.168.1.1/cb", Fault.PLAIN_HTTP),
        ("HTTPS://app.example.com/cb", Fault.CASE),
        ("https://App.example.com/cb", Fault.CASE),
        ("Com.Example.App:/cb", Fault.CASE),
    ],
)
def test_the_first_fault_is_named(uri, found):
    assert find_fault(uri) is found


@pytest.mark.spec("RFC 9700", "2.6")
def test_plain_http_is_a_fault_until_the_project_allows_it_and_nothing_else_is_allowed_with_it():
    assert find_fault("http://app.example.com/cb", allow_http=True) is None
    assert find_fault("http://App.example.com/cb", allow_http=True) is Fault.CASE
    assert find_fault("http://a@app.example.com/cb", allow_http=True) is Fault.USERINFO


@given(
    st.text(max_size=60)
    | st.from_regex(r"[a-zA-Z.]{1,12}:/{0,3}[a-z.@:0-9\[\]*#?]{0,20}(/[!-~]{0,10})?", fullmatch=True)
)
def test_whatever_may_be_registered_can_be_used(uri):
    if find_fault(uri) is None:
        assert matches(uri, uri)
        assert not is_plain_http(uri)


APPS = ("myapp", "app.immich", "com.example.app", "javascript", "https")


@pytest.mark.spec("RFC 8252", "7.1")
@each("uri", ["myapp:/cb", "myapp://cb", "myapp://cb/x?y=1", "myapp:///oauth-callback"])
def test_a_scheme_that_nobody_owns_by_its_name_needs_an_operator_who_allows_it(uri):
    assert find_fault(uri) is Fault.PRIVATE_SCHEME
    assert find_fault(uri, app_schemes=APPS) is None
    assert matches(uri, uri)


@pytest.mark.spec("RFC 6749", "3.1.2")
@each(
    ("uri", "found"),
    [
        ("yourapp:/cb", Fault.PRIVATE_SCHEME),
        ("javascript:alert(1)", Fault.FORBIDDEN_SCHEME),
        ("myapp:/cb#x", Fault.FRAGMENT),
        ("myapp://*.cb", Fault.WILDCARD),
        ("myapp://a@cb", Fault.USERINFO),
        ("MyApp:/cb", Fault.CASE),
        ("http://app.example.com/cb", Fault.PLAIN_HTTP),
    ],
)
def test_an_allowed_scheme_excuses_nothing_else(uri, found):
    assert find_fault(uri, app_schemes=APPS) is found
