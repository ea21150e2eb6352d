"""A6, query and body smuggling: only the urlencoded body of a POST counts (RFC 6749 §2.3 and §3.2)."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import ledger
from tests.driver import INTROSPECT, PAR, REVOKE, TOKEN, Driver, post, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.2")]


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"may_introspect": True})


def forms(driver: Driver) -> dict[str, dict[str, str]]:
    """A good call of each endpoint."""
    tokens = driver.tokens()
    return {
        TOKEN: {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        REVOKE: {"token": tokens["access_token"]},
        INTROSPECT: {"token": tokens["access_token"]},
        PAR: driver.request(),
    }


@each("path", [TOKEN, REVOKE, INTROSPECT, PAR])
def test_the_query_does_not_count(driver: Driver, path: str) -> None:
    form = forms(driver)[path]
    everything, credentials = urlencode({**driver.credentials, **form}), driver.credentials
    with ledger.unchanged():
        ledger.refused(post(driver.browser, f"{path}?{everything}", "&"), "invalid_client", 401)
        ledger.refused(post(driver.browser, f"{path}?{urlencode(form)}", credentials), "invalid_request")
        ledger.refused(post(driver.browser, f"{path}?{urlencode(credentials)}", form), "invalid_client", 401)


@each("path", [TOKEN, REVOKE, INTROSPECT, PAR])
def test_the_query_does_not_disturb_either(driver: Driver, path: str) -> None:
    form = {**driver.credentials, **forms(driver)[path]}
    query = urlencode({"client_id": "another", "token": "x", "grant_type": "password", "client_secret": "x"})
    assert post(driver.browser, f"{path}?{query}", form).status_code == (201 if path == PAR else 200)


@each("path", [TOKEN, REVOKE, INTROSPECT, PAR])
@each("kind", ["application/json", "multipart/form-data", "text/plain", "application/xml"])
def test_no_other_body_is_read(driver: Driver, path: str, kind: str) -> None:
    form = {**driver.credentials, **forms(driver)[path]}
    with ledger.unchanged():
        if kind == "multipart/form-data":
            response: Any = driver.browser.post(path, form)
        else:
            body = json.dumps(form) if kind == "application/json" else urlencode(form)
            response = driver.browser.generic("POST", path, body, content_type=kind)
    ledger.refused(response, "invalid_request")


@each("path", [TOKEN, REVOKE, INTROSPECT, PAR])
def test_get_is_405_even_with_everything_in_the_query(driver: Driver, path: str) -> None:
    form = {**driver.credentials, **forms(driver)[path]}
    with ledger.unchanged():
        response = driver.browser.get(path, form)
    ledger.refused(response, "invalid_request", 405)
    assert response["Allow"] == "POST, OPTIONS"


@each("override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_get_cannot_pose_as_post(driver: Driver, override: str) -> None:
    form = {**driver.credentials, **forms(driver)[TOKEN]}
    with ledger.unchanged():
        assert driver.browser.get(TOKEN, {**form, "_method": "POST"}, headers={override: "POST"}).status_code == 405


@pytest.mark.spec("RFC 6749", "2.3")
@each("path", [TOKEN, REVOKE, INTROSPECT, PAR])
def test_two_client_authentications_at_once_are_invalid_request(driver: Driver, path: str) -> None:
    header = "Basic " + base64.b64encode(":".join(driver.credentials.values()).encode()).decode()
    form = {**driver.credentials, **forms(driver)[path]}
    with ledger.unchanged():
        response = post(driver.browser, path, form, Authorization=header)
    ledger.refused(response, "invalid_request")
