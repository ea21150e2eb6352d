"""Resource indicators (RFC 8707 §2): which place a URI includes_resource, and whether another lies in it."""

import pytest

from oauth_provider.protocol.errors import InvalidTarget
from oauth_provider.protocol.resource_indicator import (
    apis_of,
    covers,
    includes_resource,
    is_audience,
    is_resource,
    is_same,
    narrow,
    normalize,
)
from tests.each import each

pytestmark = pytest.mark.spec("RFC 8707", "2")

API = "https://api.example.com/v1"


@each(
    "url",
    [
        "https://api.example.com/v1",
        "https://api.example.com/v1/",
        "https://api.example.com/v1/notes",
        "https://api.example.com/v1/notes?x=1",
        "https://api.example.com:443/v1",
        "HTTPS://API.example.com/v1",
        "https://api.example.com/v0/../v1/notes",
    ],
)
def test_a_resource_covers_itself_and_what_lies_below(url):
    assert covers(API, url)


@each(
    "url",
    [
        "", "api.example.com/v1", "/v1", "https://api.example.com", "https://api.example.com/", "https://api.example.com/v",
        "https://api.example.com/v10", "https://api.example.com/v1evil", "https://api.example.com/V1",
        "https://api.example.com/v1/../v2", "https://api.example.com/v1/..", "http://api.example.com/v1",
        "https://api.example.com:8443/v1", "https://x.api.example.com/v1", "https://api.example.com.evil.com/v1",
        "https://api.example.com@evil.com/v1", "https://evil.com@api.example.com/v1", "https://api.example.com/v1#f",
        "https://api.example.com:port/v1", "https://[::1/v1", "urn:example:api",
    ],
)  # fmt: skip
def test_a_resource_covers_nothing_beside_it(url):
    assert not covers(API, url)


@each(
    ("resource", "url", "covered"),
    [
        ("?tenant=1", "?tenant=1", True),
        ("?tenant=1", "/x?tenant=1&page=2", True),
        ("?tenant=1", "?page=2&tenant=1", True),
        ("?tenant=1&a=", "?a=&tenant=1", True),
        ("?t=1&t=2", "?t=1&t=2", True),
        ("?tenant=1", "", False),
        ("?tenant=1", "/x", False),
        ("?tenant=1", "?tenant=2", False),
        ("?tenant=1", "?tenant=1&tenant=2", False),
        ("?tenant=1", "?tenant=2&tenant=1", False),
        ("?tenant=1", "?Tenant=1", False),
        ("?tenant=1", "?tenant=10", False),
        ("?tenant=1&a=b", "?tenant=1", False),
        ("?t=1&t=2", "?t=2&t=1", False),
        ("?&", "?&", False),
        ("?tenant=1", "?" + "a&" * 2000 + "tenant=1", False),
        ("", "?tenant=1", True),
    ],
)
def test_a_resource_with_a_query_covers_what_is_asked_with_its_parameters(resource, url, covered):
    assert covers(API + resource, API + url) is covered


@pytest.mark.spec("RFC 9068", "4")
@each(
    ("audience", "named"),
    [
        ([API], True),
        ([f"{API}/"], True),
        (["https://api.example.com"], True),
        (["https://other.example", API], True),
        ([f"{API}/notes"], False),
        ([f"{API}?tenant=1"], False),
        (["https://api.example.com.evil.example/v1"], False),
        (["http://api.example.com/v1"], False),
        ([], False),
    ],
)
def test_an_audience_names_a_resource_by_itself_or_by_a_place_above(audience, named):
    assert includes_resource(audience, API) is named


@pytest.mark.spec("RFC 9068", "3")
def test_the_issuer_beside_others_is_no_api():
    assert apis_of([API, "https://as"], "https://as") == (API,)
    assert apis_of(["https://as", API], "https://as") == (API,)
    assert apis_of(["https://as"], "https://as") == ("https://as",)
    assert apis_of([], "https://as") == ()
    assert apis_of([API, "https://as/"], "https://as") == (API, "https://as/")


@each("resource", ["", "api", "https://", "https://a#", "https://a@b", "https://a:99999", "urn:x:y"])
def test_what_names_no_place_covers_nothing(resource):
    assert normalize(resource) is None
    assert not covers(resource, resource)


@pytest.mark.spec("RFC 9068", "4")
@each(
    ("resources", "serves"),
    [((), True), ((API,), True), (("https://other", API), True), (("https://other",), False), (("urn:x",), False)],
)
def test_a_token_serves_where_one_of_its_resources_covers_the_call_or_where_it_names_none(resources, serves):
    assert is_audience(resources, f"{API}/notes") is serves


@each(
    ("uri", "other", "same"),
    [
        (API, f"{API}/", True),
        (API, "HTTPS://API.example.com:443/v1", True),
        (API, "https://api.example.com/v0/../v1", True),
        ("urn:example:api", "urn:example:api", True),
        ("urn:example:api", "urn:example:API", False),
        (API, f"{API}/notes", False),
        (API, "https://api.example.com:444/v1", False),
        (API, f"{API}?x=1", False),
        (API, "https://api.example.com@evil.com/v1", False),
        ("", "/", False),
    ],
)
def test_two_spellings_name_one_resource(uri, other, same):
    assert is_same(uri, other) is same
    assert is_same(other, uri) is same


@each(("uri", "good"), [
    (API, True), ("urn:example:api", True), ("https://api.example.com?x=1", True), ("", False), ("api", False),
    ("urn:", False), ("urn:x#f", False), (f"{API}#f", False), ("https://a b/", False), ("https://é/", False),
    ("https://a/\n", False), ("https://user@a/", False), ("https://a:port/", False), ("javascript:alert(1)", False),
])  # fmt: skip
def test_a_resource_is_an_absolute_uri_without_a_fragment(uri, good):
    assert is_resource(uri) is good


@pytest.mark.spec("RFC 8707", "2.2")
@each(
    ("requested", "granted", "yields"),
    [
        ((), ("a", "b"), ("a", "b")),
        (("b",), ("a", "b"), ("b",)),
        ((), (), ()),
        ((f"{API}/",), (API, "b"), (API,)),
        (("b", "b"), ("a", "b"), ("b",)),
    ],
)
def test_a_request_yields_what_was_granted_or_the_part_asked_for(requested, granted, yields):
    assert narrow(requested, granted) == yields


@pytest.mark.spec("RFC 8707", "2.2")
@each(
    ("requested", "granted"),
    [(("c",), ("a",)), (("a", "c"), ("a",)), (("a",), ()), (("a/",), ("a",)), (("A",), ("a",))],
)
def test_a_resource_that_was_not_granted_is_invalid_target(requested, granted):
    with pytest.raises(InvalidTarget):
        narrow(requested, granted)


def test_the_root_of_a_host_covers_all_of_it_and_nothing_else():
    for root in ("https://api.example.com", "https://api.example.com/"):
        assert covers(root, "https://api.example.com/v1/notes")
        assert covers(root, "https://api.example.com")
        assert not covers(root, "https://other.example.com/")
    assert covers("https://api.example.com/v1/", "https://api.example.com/v1")
    assert not covers("https://api.example.com/v1", "https://api.example.com/v10")
    assert not covers("https://api.example.com/v1", "https://api.example.com/")
    assert normalize("https://api.example.com")[3] == "/"
    assert normalize("https://api.example.com/v1/")[3] == "/v1/"
