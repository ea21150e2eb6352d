"""A9, type confusion: where a string is due, brackets, JSON and numbers are strings; never a 500 (RFC 7519 §4.1)."""

import json
from typing import Any

import pytest

from tests import details, ledger
from tests.driver import AUTHORIZE, INTROSPECT, REVOKE, TOKEN, Driver, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "3.2.2"), pytest.mark.spec("RFC 7519", "4.1")]

VALUES = [
    "[]",
    "{}",
    "null",
    "true",
    "-1",
    "1e400",
    "NaN",
    '["a"]',
    '{"a": 1}',
    '"a"',
    "0",
    "undefined",
    "[object Object]",
]


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"may_introspect": True})


@each("value", VALUES)
@each("name", ["scope", "response_type", "code_challenge", "code_challenge_method", "response_mode"])
def test_in_an_authorization_request(driver: Driver, name: str, value: str) -> None:
    with ledger.unchanged():
        answer = query_of(driver.authorize(**{name: value})["Location"])
    assert answer["error"] in ("invalid_request", "invalid_scope", "unsupported_response_type")


@each("name", ["client_id[]", "client_id[0]", "client_id.x", "client_id%5B%5D"])
def test_a_name_with_brackets_is_another_name(driver: Driver, name: str) -> None:
    request = driver.request(client_id=None) | {name: driver.application.client_id}
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, request))


@each("value", VALUES)
def test_in_a_call(driver: Driver, value: str) -> None:
    with ledger.unchanged():
        ledger.refused(driver.redeem(value), "invalid_grant")
        ledger.refused(driver.refresh(value), "invalid_grant")
        ledger.refused(driver.token(grant_type=value), "unsupported_grant_type")
        ledger.refused(
            driver.token(grant_type="refresh_token", refresh_token="x", client_secret=value), "invalid_client", 401
        )
        assert driver.introspect(value).json() == {"active": False}
        assert driver.revoke(value).status_code == 200


@each("body", ["[]", "{}", "null", "1", '"a"', '{"client_id": ["a"]}', '{"a": 1, "a": 2}', "{", ""])
@each("path", [TOKEN, REVOKE, INTROSPECT])
def test_json_is_not_read(driver: Driver, path: str, body: Any) -> None:
    with ledger.unchanged():
        response = driver.browser.generic("POST", path, body, content_type="application/json")
    ledger.refused(response, "invalid_request")


CONFUSED = [
    *VALUES,
    '[{"type": ["transfer"]}]',
    '[{"type": {"transfer": 1}}]',
    '[{"type": 1}]',
    '[{"type": true}]',
    '[{"type": null}]',
    '[{"type": "account", "type": "transfer"}]',
    '[{"type": "account", "actions": "read"}]',
    '[{"type": "account", "actions": {"0": "read"}}]',
    '[{"type": "account", "actions": [["read"]]}]',
    '[{"type": "account", "actions": [true]}]',
    '[{"type": "transfer", "amount": 1e400, "to": "x"}]',
    '[{"type": "transfer", "amount": {"currency": "EUR", "value": 12.5}, "to": "x"}]',
    '[{"type": "transfer", "amount": {"currency": "EUR", "value": "1", "value": "2"}, "to": "x"}]',
    '[{"type": "transfer", "amount": {"currency": "EUR", "value": "1"}, "to": "\\u0000"}]',
    '[{"type": "transfer", "amount": {"currency": "EUR", "value": "1"}, "to": "\\ud800"}]',
    '[{"type": "__class__"}]',
    '[{"type": "transfer", "__proto__": {}}]',
]


@pytest.mark.spec("RFC 9396", "5")
@each("value", CONFUSED)
def test_in_authorization_details(settings: Any, value: str) -> None:
    details.register(settings)
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    driver = signed_in(policy={"grant_types": grants, "authorization_details_types": list(details.TYPES)})
    with ledger.unchanged():
        answer = query_of(driver.authorize(authorization_details=value)["Location"])
        assert answer["error"] == "invalid_authorization_details"
        ledger.refused(driver.push(authorization_details=value), "invalid_authorization_details")
        given = {"grant_type": "client_credentials", "authorization_details": value}
        ledger.refused(driver.token(**given), "invalid_authorization_details")


@pytest.mark.parametrize("value", [json.dumps([1] * 100), json.dumps({"a": {"b": 1}})])
def test_nothing_of_it_is_stored(driver: Driver, value: str) -> None:
    driver.authorize(claims=value, authorization_details=value)
    assert value not in ledger.text()
