"""Bad input at every endpoint for programs and in every parameter: a proper refusal, nothing stored, nothing spent."""

import base64
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.driver import AUTHORIZE, CONFIRM, INTROSPECT, JWKS, LOGOUT, METADATA, REVOKE, TOKEN, USERINFO
from tests.property import hostile
from tests.property.world import World, searched, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.property.world")]


def says_why(response: Any) -> bool:
    """An OAuth error in JSON, in printable ASCII, never to be stored (RFC 6749 §5.2)."""
    body = response.json()
    assert set(body) <= {"error", "error_description"}
    assert all(value.isascii() and value.isprintable() for value in body.values())
    return bool(body["error"]) and response["Cache-Control"] == "no-store"


def test_what_is_spoilt_below_would_succeed(world: World) -> None:
    for good in world.goods:
        assert good.send(hostile.encoded(good.pairs)).status_code == 200
    assert world.web.authorize().status_code == 303
    assert world.web.decide(world.page).status_code == 303
    assert world.rows() != world.before


@searched
@given(data=st.data())
def test_a_token_request_with_one_thing_wrong(world: World, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(world.goods))
    response = good.send(data.draw(hostile.spoilt(good.pairs, good.needed)))
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401, 413}
    assert says_why(response)


@searched
@given(data=st.data())
def test_a_token_request_whose_authorization_header_is_wrong(world: World, data: st.DataObject) -> None:
    """In place of the good one, or beside credentials in the form."""
    good = data.draw(st.sampled_from(world.goods))
    client_id, secret = world.web.application.client_id.encode(), world.web.application.secret.encode()
    spoilt = hostile.other_than(secret).map(lambda value: client_id + b":" + value)
    unknown = hostile.other_than(client_id).map(lambda value: value.replace(b":", b"") + b":" + secret)
    made = st.one_of(spoilt, unknown, hostile.values).map(lambda value: "Basic " + base64.b64encode(value).decode())
    header = data.draw(st.one_of(hostile.headers, made, hostile.headers.map("Basic ".__add__)))
    in_form = any(name == b"client_secret" for name, _value in good.pairs)
    if in_form and not header.lower().startswith("basic "):
        return  # another scheme is nobody's credentials
    if not header:
        header = "Basic"
    response = good.send(hostile.encoded(good.pairs), Authorization=header)
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401}
    assert says_why(response)


@searched
@given(data=st.data())
def test_a_body_that_is_no_form(world: World, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(world.goods))
    body = data.draw(
        st.one_of(st.binary(max_size=200), st.just(b"a=" + b"A" * 70_000), st.just(hostile.encoded(good.pairs)))
    )
    types = [
        "application/json",
        "text/plain",
        "",
        "/",
        "multipart/form-data",
        "multipart/form-data; boundary=a",
        "a" * 9000,
    ]
    content_type = data.draw(
        st.one_of(st.sampled_from(types), hostile.headers.filter(lambda value: "form" not in value))
    )
    where = data.draw(st.sampled_from([TOKEN, REVOKE, INTROSPECT]))
    response = send("POST", where, body, content_type=content_type)
    assert world.harm_by(response) == []
    assert says_why(response)


@searched
@given(data=st.data())
def test_bytes_for_a_form(world: World, data: st.DataObject) -> None:
    where = data.draw(st.sampled_from([TOKEN, REVOKE, INTROSPECT, AUTHORIZE, LOGOUT, CONFIRM, world.page]))
    query = data.draw(hostile.headers)
    length = data.draw(st.sampled_from([None, None, None, "-1", "x", "9" * 5000, "70000", "1"]))
    extra = {"CONTENT_LENGTH": length} if length else {}
    response = send("POST", where, data.draw(st.binary(max_size=200)), QUERY_STRING=query, **extra)
    assert world.harm_by(response) == []


@searched
@given(data=st.data())
def test_a_revocation_of_what_is_no_token(world: World, data: st.DataObject) -> None:
    good = world.tokens["web"][data.draw(st.sampled_from(["access_token", "refresh_token"]))]
    pairs = [(name.encode(), value.encode()) for name, value in {"token": good, **world.web.credentials}.items()]
    body = data.draw(hostile.spoilt(pairs, (b"token", b"client_id", b"client_secret")))
    response = send("POST", REVOKE, body)
    assert world.harm_by(response) == []
    assert response.status_code in {200, 400, 401, 413}


@searched
@given(data=st.data())
def test_an_introspection_of_anything(world: World, data: st.DataObject) -> None:
    owner = data.draw(st.sampled_from(["web", "public"]))
    good = world.tokens[owner][data.draw(st.sampled_from(["access_token", "refresh_token"]))]
    pairs = [(name.encode(), value.encode()) for name, value in {"token": good, **world.web.credentials}.items()]
    body = data.draw(hostile.spoilt(pairs, (b"token", b"client_id", b"client_secret")))
    response = send("POST", INTROSPECT, body)
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401, 413} or response.json() == {"active": False}


@searched
@given(data=st.data())
def test_any_method_and_any_origin(world: World, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(world.goods))
    where = data.draw(
        st.sampled_from([TOKEN, REVOKE, INTROSPECT, METADATA, JWKS, USERINFO, AUTHORIZE, LOGOUT, CONFIRM, world.page])
    )
    method = data.draw(
        st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X\x00"])
    )
    origin = data.draw(hostile.headers)
    response = send(method, where, hostile.encoded(good.pairs), headers={"Origin": origin})
    assert world.harm_by(response) == []
    assert response.get("Access-Control-Allow-Origin", "*") in {"*", "https://app.example.com"}


@searched
@given(data=st.data())
def test_an_api_call_with_any_authorization_header(world: World, data: st.DataObject) -> None:
    good = world.tokens["web"]["access_token"].encode()
    bearer = hostile.other_than(good).map(lambda value: "Bearer " + value.decode("latin-1"))
    header = data.draw(st.one_of(bearer, hostile.headers))
    query = data.draw(st.one_of(st.just(""), hostile.headers, st.just(f"access_token={good.decode()}")))
    if header.lower().removeprefix("bearer").strip(" ") == good.decode().lower():
        return  # spaces around a token are no part of it
    where = data.draw(st.sampled_from(["/guarded", USERINFO]))
    response = send("GET", where, headers={"Authorization": header}, QUERY_STRING=query)
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401}


@searched
@given(data=st.data())
def test_userinfo_with_any_form(world: World, data: st.DataObject) -> None:
    pairs = [(b"access_token", world.tokens["web"]["access_token"].encode()), (b"schema", b"openid")]
    response = send("POST", USERINFO, data.draw(hostile.spoilt(pairs, (b"access_token",))))
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401, 413}


@searched
@given(below=hostile.values, query=hostile.headers)
def test_metadata_behind_any_path(world: World, below: bytes, query: str) -> None:
    where = f"{METADATA}/{quote_from_bytes(below[:5000])}"
    response = send("GET", where, QUERY_STRING=query)
    assert world.harm_by(response) == []
    assert response.status_code in {200, 301, 404}
