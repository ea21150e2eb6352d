"""Requests with authorization details (RFC 9396 §2, §3 and §5): of registered types, or refused."""

import pytest

from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.details import ONE, READ, TWO, said
from tests.driver import AUTHORIZE, post, query_of, signed_in
from tests.each import each
from tests.flows.authorization_details.grants import ACCOUNTS, PHOTOS, details_of, error_of, granted
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db]


@pytest.mark.spec("RFC 9396", "3")
def test_details_may_be_all_that_is_asked_for(driver):
    response = granted(driver, ONE)
    assert details_of(response) == [ONE]
    assert "scope" not in response.json()
    assert verify(response.json()["access_token"]).scopes == ()


@pytest.mark.spec("RFC 9396", "3")
def test_the_default_scopes_are_not_added_to_details(driver, settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "DEFAULT_SCOPES": ["notes:read"]}
    assert "scope" not in granted(driver, ONE).json()


@pytest.mark.spec("RFC 9396", "3.1")
def test_scopes_and_details_go_together(driver):
    response = driver.redeem(driver.code(scope="notes:read", authorization_details=said(ONE, READ)))
    assert details_of(response) == [ONE, READ]
    assert response.json()["scope"] == "notes:read"


@pytest.mark.spec("RFC 9396", "3")
def test_by_post_too(driver):
    response = post(driver.browser, AUTHORIZE, driver.request(scope=None, authorization_details=said(ONE)))
    page = driver.browser.get(response["Location"])
    code = query_of(driver.decide(page["Location"])["Location"])["code"]
    assert details_of(driver.redeem(code)) == [ONE]


@pytest.mark.spec("RFC 9396", "3")
def test_pushed(driver):
    pushed = driver.push(scope=None, authorization_details=said(ONE)).json()
    location = driver.decide(driver.open(pushed["request_uri"])["Location"])["Location"]
    assert details_of(driver.redeem(query_of(location)["code"])) == [ONE]


@pytest.mark.spec("RFC 9396", "3")
def test_what_stands_beside_a_pushed_request_does_not_count(driver):
    pushed = driver.push(scope=None, authorization_details=said(ONE)).json()
    page = driver.open(pushed["request_uri"], authorization_details=said(TWO))["Location"]
    assert details_of(driver.redeem(query_of(driver.decide(page)["Location"])["code"])) == [ONE]


REFUSED = {
    "an unknown type": [{"type": "unknown"}],
    "one unknown type of two": [ONE, {"type": "unknown"}],
    "an unknown member": [{**ONE, "urgent": True}],
    "an unknown member, further in": [{**ONE, "amount": {**ONE["amount"], "scale": 2}}],
    "a member of the wrong type": [{**ONE, "to": ["Mia"]}],
    "a wrong value": [{**READ, "actions": ["write"]}],
    "a missing member": [{"type": "transfer", "to": "Mia"}],
    "what the type itself refuses": [{"type": "album", "album": "one"}],
    "what the type itself refuses although the schema has it": [{"type": "album", "album": "a1", "owner": "root"}],
    "no object": ["transfer"],
    "nothing": [],
}


@pytest.mark.spec("RFC 9396", "5")
@each("details", REFUSED.values(), ids=REFUSED)
def test_what_is_not_as_its_type_has_it_is_refused_everywhere(driver, details):
    parameter = {"authorization_details": said(*details)}
    with ledger.unchanged():
        assert error_of(driver.authorize(**parameter)) == "invalid_authorization_details"
        ledger.refused(driver.push(**parameter), "invalid_authorization_details")
        ledger.refused(driver.token(grant_type="client_credentials", **parameter), "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "5")
def test_the_developer_is_told_where(driver):
    response = driver.push(authorization_details=said(READ, {**ONE, "to": 1}))
    assert response.json()["error_description"] == "authorization_details[1].to is not as its type has it."


@pytest.mark.spec("RFC 9396", "10")
def test_a_client_asks_for_the_types_of_its_policy_and_for_no_others():
    for policy in (None, {}, {"authorization_details_types": ["account"]}):
        driver = signed_in(policy=policy)
        with ledger.unchanged():
            answer = driver.authorize(authorization_details=said(ONE))
            assert error_of(answer) == "invalid_authorization_details"
            ledger.refused(driver.push(authorization_details=said(ONE)), "invalid_authorization_details")


@pytest.mark.spec("RFC 9396", "5")
def test_a_type_of_the_policy_that_is_not_registered_is_unknown(driver, settings):
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    assert error_of(driver.authorize(authorization_details=said(ONE))) == "invalid_authorization_details"


@pytest.mark.spec("RFC 9396", "3.2")
def test_details_of_no_use_at_the_resource_asked_for_ask_for_nothing(driver):
    elsewhere = {**READ, "locations": [ACCOUNTS]}
    asked = {"scope": None, "authorization_details": said(elsewhere), "resource": PHOTOS}
    assert error_of(driver.authorize(**asked)) == "invalid_target"
    assert driver.authorize(**asked | {"scope": "photos:read"})["Location"].startswith("/oauth/consent/")
