"""Conformance: rich authorization requests (RFC 9396), by every way there is, over a live server."""

import json
from typing import Any

import pytest
import requests

from tests import details, jose_keys, ledger
from tests.client_keys import jwks
from tests.conformance.front_channel.relying_party import RelyingParty, is_consent_page, is_refused
from tests.conformance.front_channel.test_request_object import push, send, signed
from tests.details import ONE, READ, TWO, said
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 9396", "3")]


@pytest.fixture(autouse=True)
def _types(issuer: str, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "AUTHORIZATION_DETAILS_TYPES": details.TYPES}


@pytest.fixture
def party(issuer: str) -> RelyingParty:
    """A client with a key and with every type."""
    policy = {"jwks": jwks(jose_keys.key("ES256")), "authorization_details_types": list(details.TYPES)}
    return RelyingParty(issuer, ApplicationFactory(policy=policy))


def tokens(party: RelyingParty, page: Any, user: Any) -> Any:
    """From the first page to the token response."""
    answer = party.redeem(party.sign_in_and_allow(page, user).answer["code"])
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.spec("RFC 9396", "7")
@pytest.mark.parametrize("way", ["query", "form", "pushed", "signed", "signed and pushed"])
def test_details_are_granted_whichever_way_they_come(party: RelyingParty, user: Any, way: str) -> None:
    parameter = {"authorization_details": said(ONE, READ), "scope": None}
    claim = {"authorization_details": [ONE, READ], "scope": None}
    ways = {
        "query": lambda: party.authorize(**parameter),
        "form": lambda: party.post_request(**parameter),
        "pushed": lambda: party.open(party.pushed(**parameter)),
        "signed": lambda: send(party, signed(party, **claim)),
        "signed and pushed": lambda: party.open(push(party, signed(party, **claim)).json()["request_uri"]),
    }
    assert tokens(party, ways[way](), user)["authorization_details"] == [ONE, READ]


@pytest.mark.spec("RFC 9396", "12")
def test_what_was_signed_counts_and_not_what_stands_beside_it(party: RelyingParty, user: Any) -> None:
    request = signed(party, authorization_details=[ONE])
    page = send(party, request, authorization_details=said(TWO))
    assert tokens(party, page, user)["authorization_details"] == [ONE]


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize(
    "wrong",
    [[{"type": "unknown"}], [{**ONE, "urgent": True}], [{**ONE, "to": 1}], [{"type": "transfer"}], [1], []],
    ids=["type", "unknown member", "wrong type of a member", "missing member", "no object", "nothing"],
)
def test_what_is_not_as_its_type_has_it_is_refused(party: RelyingParty, issuer: str, wrong: Any) -> None:
    with ledger.unchanged():
        is_refused(party.authorize(authorization_details=said(*wrong)), "invalid_authorization_details", issuer)
        request = signed(party, authorization_details=wrong)
        is_refused(send(party, request), "invalid_authorization_details", issuer)
        for answer in (party.push(authorization_details=said(*wrong)), push(party, request)):
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_authorization_details")


@pytest.mark.spec("RFC 9101", "4")
@pytest.mark.parametrize("value", [{}, 1, True, "transfer", {"type": "transfer"}])
def test_in_a_request_object_they_are_an_array(party: RelyingParty, issuer: str, value: Any) -> None:
    with ledger.unchanged():
        answer = push(party, signed(party, authorization_details=value))
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_request_object", "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "6")
@pytest.mark.spec("RFC 9396", "8")
def test_a_token_request_asks_for_a_part_and_for_no_more(party: RelyingParty, user: Any) -> None:
    arrived = party.sign_in_and_allow(party.authorize(authorization_details=said(ONE, READ)), user)
    form = {
        "grant_type": "authorization_code",
        "code": arrived.answer["code"],
        "redirect_uri": party.redirect_uri,
        "code_verifier": party.code_verifier,
    }

    def ask(*wanted: Any) -> requests.Response:
        auth = (party.application.client_id, party.application.secret)
        url = f"{party.issuer}/oauth/token"
        return requests.post(url, data={**form, "authorization_details": said(*wanted)}, auth=auth, timeout=10)

    with ledger.unchanged():
        refused = ask(TWO)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_authorization_details")
    assert ask(READ).json()["authorization_details"] == [READ]


@pytest.mark.spec("RFC 9396", "3.1")
def test_a_transaction_is_shown_and_asked_for_each_time(party: RelyingParty, user: Any, issuer: str) -> None:
    party.sign_in_and_allow(party.authorize(authorization_details=said(ONE)), user)
    page = party.authorize(authorization_details=said(ONE))
    assert is_consent_page(page)
    assert "12.50" in page.text
    is_refused(party.authorize(authorization_details=said(ONE), prompt="none"), "consent_required", issuer)


@pytest.mark.spec("RFC 9396", "10")
def test_the_metadata_names_the_types(party: RelyingParty) -> None:
    assert party.metadata()["authorization_details_types_supported"] == list(details.TYPES)
    assert json.dumps(details.TYPES["transfer"]["schema"]) not in json.dumps(party.metadata())
