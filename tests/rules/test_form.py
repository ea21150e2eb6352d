"""Forms (RFC 6749 Appendix B): urlencoded bodies alone, each parameter once, and nothing that is no text."""

import pytest

from oauth_provider.authorization.request import PARAMETERS
from oauth_provider.endpoints.introspection import CREDENTIALS
from oauth_provider.grants.table import grants
from oauth_provider.protocol.errors import InvalidRequest, RequestTooLarge
from oauth_provider.protocol.form import (
    KNOWN,
    MAX_LENGTH,
    MAX_PARAMETERS,
    REPEATABLE,
    check_content_type,
    decode_body,
    parse_form,
)
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "3.2")


@each(
    ("body", "parameters"),
    [
        ("", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=%C3%A9", {"a": "é"}),
        ("a=b+c%20d%2B", {"a": "b c d+"}),
        ("a=1=2", {"a": "1=2"}),
        ("a=&b=1", {"b": "1"}),
        ("a&b=1", {"b": "1"}),
        ("&&a=1&", {"a": "1"}),
        ("a=1;b=2", {"a": "1;b=2"}),
        ("a[]=1", {"a[]": "1"}),
    ],
)
def test_a_form_is_its_parameters_and_what_has_no_value_is_left_out(body, parameters):
    assert parse_form(body).parameters == parameters


@each("body", ["code=1&code=1", "code=1&code=2", "code=&code=1", "code&code", "code=1&c%6fde=2"])
def test_a_repeated_parameter_is_invalid_request(body):
    with pytest.raises(InvalidRequest, match="repeated"):
        parse_form(body)


@each("name", sorted(KNOWN))
def test_every_parameter_that_we_know_comes_once(name):
    with pytest.raises(InvalidRequest, match="repeated"):
        parse_form(f"{name}=1&{name}=1")


@each("body", ["a=1&a=1", "a=1&a=2", "a=&a=1", "a&a", "a=1&%61=2", "=1&=2", "Code=1&Code=2"])
def test_a_repeated_parameter_that_nobody_knows_is_ignored(body):
    assert parse_form(f"{body}&code=x").parameters == {"code": "x"}


def test_every_parameter_that_an_endpoint_reads_is_known():
    read = {name for grant in grants().values() for name in grant.parameters} | set(PARAMETERS) | CREDENTIALS
    assert read - {REPEATABLE} <= KNOWN


@pytest.mark.spec("RFC 8707", "2")
@each(
    ("body", "resources"),
    [
        ("", ()),
        ("resource=a", ("a",)),
        ("resource=a&resource=b&resource=a", ("a", "b", "a")),
        ("resource=&resource=", ()),
    ],
)
def test_resource_alone_may_be_repeated(body, resources):
    assert parse_form(body).resources == resources


@pytest.mark.spec("RFC 6749", "A")
@each(
    "body",
    [
        "a=%00",
        "a=%0d%0a",
        "a=%0a",
        "a=%09",
        "a=%1b",
        "a=%7f",
        "%00=a",
        "%0d%0a=a",
        "a=b%00c",
        "resource=%00",
        "a=\x00",
        "a=\n",
    ],
)
def test_control_characters_are_invalid_request(body):
    with pytest.raises(InvalidRequest):
        parse_form(body)


@pytest.mark.spec("RFC 6749", "B")
@each("body", ["a=%ff", "a=%c3", "%ff=a", "a=%ed%a0%80", "a=%c0%80", "a=%f8%88%80%80%80"])
def test_what_is_no_utf_8_is_invalid_request(body):
    with pytest.raises(InvalidRequest):
        parse_form(body)


@pytest.mark.spec("RFC 6819", "4.4.1.11")
def test_a_hundred_parameters_are_enough():
    assert len(parse_form("&".join(f"p{number}=1" for number in range(MAX_PARAMETERS))).parameters) == MAX_PARAMETERS
    with pytest.raises(InvalidRequest):
        parse_form("&".join(f"p{number}=1" for number in range(MAX_PARAMETERS + 1)))


@pytest.mark.spec("RFC 6819", "4.4.1.11")
def test_a_body_that_is_too_large_is_answered_413():
    assert decode_body(b"a" * MAX_LENGTH) == "a" * MAX_LENGTH
    with pytest.raises(RequestTooLarge) as refusal:
        decode_body(b"a" * (MAX_LENGTH + 1))
    assert (refusal.value.status, refusal.value.error) == (413, "invalid_request")


@pytest.mark.spec("RFC 6749", "B")
@each("body", [b"\xff", b"a=\xc3", b"\xed\xa0\x80", "é".encode("utf-16")])
def test_a_body_that_is_no_utf_8_is_invalid_request(body):
    with pytest.raises(InvalidRequest):
        decode_body(body)


@each(
    "content_type",
    [None, "", "application/json", "multipart/form-data", "text/plain", "application/x-www-form-urlencoded2", "*/*"],
)
def test_only_an_urlencoded_body_is_read(content_type):
    with pytest.raises(InvalidRequest):
        check_content_type(content_type)


def test_an_urlencoded_body_is_read():
    check_content_type("application/x-www-form-urlencoded")


def test_a_required_parameter_is_named_where_it_is_missing():
    assert parse_form("token=1").required("token") == "1"
    with pytest.raises(InvalidRequest, match="token is missing"):
        parse_form("token=").required("token")
