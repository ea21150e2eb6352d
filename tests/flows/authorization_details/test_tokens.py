"""Tokens with authorization details (RFC 9396 §6 and §7): for a part of what was granted, and never for more."""

from urllib.parse import urlencode

import pytest

from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from tests import ledger
from tests.details import ONE, READ, TWO, said
from tests.driver import AUTHORIZE, query_of
from tests.each import each
from tests.factories import UserFactory
from tests.flows.authorization_details.grants import ACCOUNTS, PHOTOS, details_of, granted

pytestmark = [pytest.mark.django_db]


# -- tokens --------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "7")
def test_the_response_names_what_the_token_is_for(driver):
    assert details_of(granted(driver, ONE, READ)) == [ONE, READ]
    assert Authorization.objects.get().authorization_details == [ONE, READ]


@pytest.mark.spec("RFC 9396", "7")
def test_without_details_nothing_is_said_of_them(driver):
    assert "authorization_details" not in driver.tokens()


@pytest.mark.spec("RFC 9396", "7.1")
def test_a_type_may_add_what_only_the_person_knows(driver):
    user = UserFactory(username="robin")
    driver.sign_in(user)
    response = granted(driver, {"type": "album", "album": "a1"})
    assert details_of(response) == [{"type": "album", "album": "a1", "owner": "robin"}]
    again = driver.refresh(
        response.json()["refresh_token"], authorization_details=said({"type": "album", "album": "a1"})
    )
    assert details_of(again) == [{"type": "album", "album": "a1", "owner": "robin"}]


@pytest.mark.spec("RFC 9396", "6")
def test_a_token_request_asks_for_a_part(driver):
    response = granted(driver, ONE, READ, authorization_details=said({**READ, "actions": ["list"]}))
    assert details_of(response) == [{**READ, "actions": ["list"]}]
    # The sign-in itself keeps all of it (RFC 6749 §6 has it so for scopes).
    assert details_of(driver.refresh(response.json()["refresh_token"])) == [ONE, READ]


WIDER = [
    [TWO],
    [ONE, TWO],
    [{**ONE, "amount": {"currency": "EUR", "value": "1250"}}],
    [{**READ, "locations": [ACCOUNTS]}],
    ["transfer"],
    [],
]


@pytest.mark.spec("RFC 9396", "6")
@pytest.mark.spec("RFC 9396", "8")
@each("asked", WIDER)
def test_never_for_more_and_the_code_is_not_spent_by_it(driver, asked):
    code = driver.code(scope=None, authorization_details=said(ONE, {**READ, "actions": ["read"]}))
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, authorization_details=said(*asked)), "invalid_authorization_details")
    tokens = driver.redeem(code)
    with ledger.unchanged():
        answer = driver.refresh(tokens.json()["refresh_token"], authorization_details=said(*asked))
        ledger.refused(answer, "invalid_authorization_details")
    assert details_of(driver.refresh(tokens.json()["refresh_token"]))


@pytest.mark.spec("RFC 9396", "6")
def test_a_code_without_details_gets_none_at_the_token_endpoint(driver):
    answer = driver.redeem(driver.code(), authorization_details=said(ONE))
    ledger.refused(answer, "invalid_authorization_details")
    assert TokenBinding.objects.count() == 0


@pytest.mark.spec("RFC 9396", "6")
def test_a_lost_refresh_is_repeated_with_its_details_and_on_no_others(driver):
    first = granted(driver, ONE, READ).json()["refresh_token"]
    answer = driver.refresh(first, authorization_details=said(READ))
    again = driver.refresh(first, authorization_details=said(READ))
    assert again.json() | {"expires_in": 0} == answer.json() | {"expires_in": 0}
    assert details_of(again) == [READ]
    with ledger.unchanged():
        ledger.refused(driver.refresh(first), "invalid_grant")
        ledger.refused(driver.refresh(first, authorization_details=said(ONE)), "invalid_grant")


def test_what_the_client_may_not_ask_for_any_more_is_not_refreshed(driver):
    first = granted(driver, ONE, READ).json()["refresh_token"]
    ClientPolicy.objects.update(authorization_details_types=["account"])
    response = driver.refresh(first)
    assert details_of(response) == [READ]
    with ledger.unchanged():
        again = driver.refresh(response.json()["refresh_token"], authorization_details=said(ONE))
        ledger.refused(again, "invalid_authorization_details")
    ClientPolicy.objects.update(authorization_details_types=[])
    with ledger.unchanged():
        ledger.refused(driver.refresh(response.json()["refresh_token"]), "invalid_grant")
        ledger.refused(driver.refresh(first), "invalid_grant")


@pytest.mark.spec("RFC 9396", "9.1")
def test_a_token_for_no_resource_gets_all_and_names_none_later(driver):
    at_accounts = {**READ, "locations": [f"{ACCOUNTS}/1"]}
    response = driver.redeem(driver.code(scope="photos:read", authorization_details=said(at_accounts, ONE)))
    assert details_of(response) == [at_accounts, ONE]
    with ledger.unchanged():
        ledger.refused(driver.refresh(response.json()["refresh_token"], resource=ACCOUNTS), "invalid_target")


@pytest.mark.spec("RFC 9396", "9.1")
def test_narrowed_to_a_resource_the_rest_is_left_out_and_not_to_be_asked_for(driver):
    at_accounts = {**READ, "locations": [f"{ACCOUNTS}/1"]}
    request = driver.request(scope="photos:read", authorization_details=said(at_accounts))
    query = urlencode([*request.items(), ("resource", ACCOUNTS), ("resource", PHOTOS)])
    location = driver.browser.get(f"{AUTHORIZE}?{query}")["Location"]
    tokens = driver.redeem(query_of(driver.decide(location)["Location"])["code"]).json()
    narrowed = driver.refresh(tokens["refresh_token"], resource=PHOTOS)
    assert details_of(narrowed) == []
    refresh_token = narrowed.json()["refresh_token"]
    with ledger.unchanged():
        asked = driver.refresh(refresh_token, resource=PHOTOS, authorization_details=said(at_accounts))
        ledger.refused(asked, "invalid_authorization_details")
    assert details_of(driver.refresh(refresh_token, resource=ACCOUNTS)) == [at_accounts]


# -- a client for itself -------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "6")
def test_a_client_asks_for_itself_where_a_type_lets_it(driver):
    response = driver.token(grant_type="client_credentials", authorization_details=said(READ))
    assert details_of(response) == [READ]
    assert "scope" not in response.json()


@pytest.mark.spec("RFC 9396", "6")
def test_what_takes_a_person_takes_a_person(driver):
    for details in ([ONE], [READ, ONE], [{"type": "album", "album": "a1"}]):
        with ledger.unchanged():
            answer = driver.token(grant_type="client_credentials", authorization_details=said(*details))
            ledger.refused(answer, "invalid_authorization_details")


def test_a_plain_token_of_a_clients_own_has_no_further_row(driver):
    driver.token(grant_type="client_credentials", scope="notes:read")
    assert TokenBinding.objects.count() == 0


def test_a_client_asks_for_itself_at_the_place_it_is_for(driver):
    elsewhere = {**READ, "locations": [ACCOUNTS]}
    with ledger.unchanged():
        answer = driver.token(grant_type="client_credentials", authorization_details=said(elsewhere), resource=PHOTOS)
        ledger.refused(answer, "invalid_authorization_details")


def test_revoked_it_is_over(driver):
    token = driver.token(grant_type="client_credentials", authorization_details=said(READ)).json()["access_token"]
    driver.revoke(token)
    assert not ledger.is_good(token)


@pytest.mark.spec("RFC 9396", "6")
def test_a_retry_does_not_bring_lost_details_back(driver):
    first = granted(driver, ONE, READ).json()["refresh_token"]
    assert details_of(driver.refresh(first)) == [ONE, READ]
    ClientPolicy.objects.update(authorization_details_types=["account"])
    with ledger.unchanged():
        ledger.refused(driver.refresh(first), "invalid_grant")


def test_a_client_asks_for_itself_for_scopes_and_details_together(driver):
    response = driver.token(grant_type="client_credentials", scope="notes:read", authorization_details=said(READ))
    assert details_of(response) == [READ]
    assert response.json()["scope"] == "notes:read"
