"""Narrowing authorization details (RFC 9396 §6): a part of what was granted, for one resource, and never more."""

import pytest

from oauth_provider.protocol import authorization_details as rar
from oauth_provider.protocol.authorization_details import AuthorizationDetailsType
from oauth_provider.protocol.errors import InvalidAuthorizationDetails
from tests.each import each

ACCOUNT = {"type": "account", "actions": ["read", "list"], "locations": ["https://api.example.com/accounts"]}
PAYMENT = {"type": "payment", "amount": {"currency": "EUR", "value": "12.50"}}


# -- narrowing -----------------------------------------------------------------------------------------------


TYPES = {
    "account": AuthorizationDetailsType("account", narrowable=["actions"]),
    "payment": AuthorizationDetailsType("payment"),
}


@pytest.mark.spec("RFC 9396", "6.1")
@each(
    ("asked", "got"),
    [
        ([PAYMENT], [PAYMENT]),
        ([ACCOUNT, PAYMENT], [ACCOUNT, PAYMENT]),
        ([{**ACCOUNT, "actions": ["list"]}], [{**ACCOUNT, "actions": ["list"]}]),
        ([{**ACCOUNT, "actions": ["list", "read"]}], [{**ACCOUNT, "actions": ["list", "read"]}]),
    ],
)
def test_a_part_of_what_was_granted_is_given(asked, got):
    assert list(rar.narrow_details(asked, [PAYMENT, ACCOUNT], TYPES)) == got


WIDER = {
    "another amount": {**PAYMENT, "amount": {"currency": "EUR", "value": "1250"}},
    "a number for a text": {**PAYMENT, "amount": {"currency": "EUR", "value": 12.5}},
    "a member left out": {"type": "payment"},
    "a member more": {**PAYMENT, "urgent": True},
    "another action": {**ACCOUNT, "actions": ["read", "write"]},
    "no action at all": {**ACCOUNT, "actions": []},
    "the actions left out": {"type": "account", "locations": ACCOUNT["locations"]},
    "one action, as a text": {**ACCOUNT, "actions": "read"},
    "a part of what is not narrowable": {**ACCOUNT, "locations": []},
    "another location": {**ACCOUNT, "locations": ["https://evil.example.com/"]},
    "another type with the same members": {**PAYMENT, "type": "account"},
    "an unknown type": {**PAYMENT, "type": "transfer"},
}


@pytest.mark.spec("RFC 9396", "6")
@each("asked", WIDER.values(), ids=WIDER)
def test_nothing_more_than_was_granted_is_given(asked):
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([asked], [PAYMENT, ACCOUNT], TYPES)


@pytest.mark.spec("RFC 9396", "6")
def test_one_detail_that_was_not_granted_refuses_the_whole_request():
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([PAYMENT, WIDER["another amount"]], [PAYMENT], TYPES)


@pytest.mark.spec("RFC 9396", "6")
def test_two_grants_are_not_put_together():
    granted = [{**ACCOUNT, "actions": ["read"]}, {**ACCOUNT, "actions": ["list"]}]
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([ACCOUNT], granted, TYPES)


class Limit(AuthorizationDetailsType):
    def narrow(self, granted, requested):
        return requested if requested["limit"] <= granted["limit"] else None


@pytest.mark.spec("RFC 9396", "6.1")
def test_a_type_says_for_itself_what_a_part_is():
    types = {"limit": Limit("limit")}
    assert rar.narrow_details([{"type": "limit", "limit": 5}], [{"type": "limit", "limit": 9}], types)
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([{"type": "limit", "limit": 10}], [{"type": "limit", "limit": 9}], types)


def test_an_option_that_there_is_not_is_told():
    with pytest.raises(TypeError, match="shema"):
        AuthorizationDetailsType("payment", shema={})


# -- locations -----------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "9.1")
def test_a_token_for_one_resource_gets_what_is_of_use_there():
    at = rar.at_resources([PAYMENT, ACCOUNT], ["https://API.example.com:443/accounts/"])
    assert at == (PAYMENT, ACCOUNT)
    assert rar.at_resources([PAYMENT, ACCOUNT], ["https://other.example.com"]) == (PAYMENT,)
    assert rar.at_resources([PAYMENT, ACCOUNT], []) == (PAYMENT, ACCOUNT)


@pytest.mark.spec("RFC 9396", "2.2")
@pytest.mark.spec("RFC 9396", "9.1")
def test_a_location_is_at_a_resource_of_the_same_name_or_below_it():
    urn, api = "urn:example:api", "https://api.example.com/v1"
    assert rar.is_for({"type": "account", "locations": [urn]}, [urn])
    assert not rar.is_for({"type": "account", "locations": [urn]}, ["urn:example:other"])
    assert not rar.is_for({"type": "account", "locations": ["urn:example:other"]}, [urn, api])
    assert rar.is_for({"type": "account", "locations": [f"{api}/accounts"]}, [urn, api])
    assert not rar.is_for({"type": "account", "locations": [api]}, [f"{api}/accounts"])
    assert not rar.is_for({"type": "account", "locations": []}, [api])


@each("locations", [[], "https://api.example.com", [1, None], ["https://api.example.com.evil.com"]])
def test_locations_that_name_no_such_place_are_of_use_nowhere(locations):
    detail = {"type": "account", "locations": locations}
    assert not rar.is_at(detail, "https://api.example.com/accounts")
    assert not rar.is_for(detail, ["https://api.example.com"])
