"""Rich authorization requests (RFC 9396): from the request by the page to the token, and never more than was shown."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from oauth_provider.models import Authorization, ClientPolicy, Consent, PendingRequest, TokenBinding
from oauth_provider.protocol.jws import parse
from oauth_provider.tokens.verifier import verify
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.details import ONE, READ, TWO, TYPES, register, said
from tests.driver import AUTHORIZE, METADATA, Driver, post, query_of, signed_in
from tests.factories import UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db]

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
ACCOUNTS, PHOTOS = "https://api.example.com/accounts", "https://api.example.com/photos"


@pytest.fixture(autouse=True)
def _types(settings: Any) -> None:
    register(settings, RESOURCES={ACCOUNTS: "Accounts", PHOTOS: {"name": "Photos", "scopes": ["photos:read"]}})


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": GRANTS, "authorization_details_types": list(TYPES)})


def granted(driver: Driver, *details: Any, **form: Any) -> Any:
    """The token response of a whole flow; ``form`` is for the token request."""
    code = driver.code(scope=None, authorization_details=said(*details))
    return driver.redeem(code, **form)


def details_of(response: Any) -> Any:
    """What came of it, said alike by the response, the API's verifier and the row."""
    assert response.status_code == 200, response.content
    details = response.json().get("authorization_details", [])
    assert list(verify(response.json()["access_token"]).authorization_details) == details
    return details


def error_of(response: Any) -> str:
    """The error that goes back to the client."""
    return query_of(response["Location"]).get("error", "none")


# -- the request ---------------------------------------------------------------------------------------------


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
@pytest.mark.parametrize("details", REFUSED.values(), ids=REFUSED)
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


# -- the page and the consent --------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "3.1")
def test_the_page_shows_every_detail_and_escapes_it(driver):
    page = driver.browser.get(driver.authorize(authorization_details=said(ONE, TWO))["Location"])
    html = page.content.decode()
    assert html.count("<h2>Send money</h2>") == 2
    assert "Mia &amp; &lt;b&gt;Söhne&lt;/b&gt;" in html
    assert "<b>Söhne" not in html
    assert "12.50" in html
    assert "99.00" in html
    assert "Read your notes" in html


@pytest.mark.spec("RFC 9396", "2.2")
def test_members_that_many_types_share_are_said_in_words(driver):
    page = driver.browser.get(driver.authorize(authorization_details=said(READ))["Location"])
    assert "<dt><bdi>To do what</bdi></dt><dd><bdi>read, list</bdi></dd>" in page.content.decode()


@pytest.mark.spec("RFC 9396", "3.1")
def test_without_scopes_the_page_names_none(driver):
    html = driver.browser.get(
        driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    ).content.decode()
    assert "It will" not in html


@pytest.mark.spec("RFC 9396", "3.1")
def test_a_transaction_is_asked_for_every_time(driver):
    driver.code(scope=None, authorization_details=said(ONE))
    assert driver.authorize(scope=None, authorization_details=said(ONE))["Location"].startswith("/oauth/consent/")
    silent = driver.authorize(scope=None, authorization_details=said(ONE), prompt="none")
    assert error_of(silent) == "consent_required"
    assert Consent.objects.get().entries["details"] == {}


@pytest.mark.spec("RFC 9396", "3.1")
def test_what_may_be_remembered_is_remembered_to_the_letter(driver):
    driver.code(scope=None, authorization_details=said(READ))
    again = driver.authorize(scope=None, authorization_details=json.dumps([dict(reversed(READ.items()))]))
    assert "code" in query_of(again["Location"])
    for other in ({**READ, "actions": ["read"]}, {**READ, "locations": [ACCOUNTS]}):
        asked = driver.authorize(scope=None, authorization_details=said(other))
        assert asked["Location"].startswith("/oauth/consent/")
    both = driver.authorize(scope=None, authorization_details=said(READ, ONE))
    assert both["Location"].startswith("/oauth/consent/")


def test_one_that_is_not_remembered_any_more_is_asked_for(driver, settings):
    driver.code(scope=None, authorization_details=said(READ))
    types = {**TYPES, "account": {**TYPES["account"], "remember": False}}
    register(settings, AUTHORIZATION_DETAILS_TYPES=types)
    assert driver.authorize(scope=None, authorization_details=said(READ))["Location"].startswith("/oauth/consent/")


def test_other_words_are_asked_for_again(driver, settings):
    driver.code(scope=None, authorization_details=said(READ))
    register(settings, AUTHORIZATION_DETAILS_TYPES={**TYPES, "account": {**TYPES["account"], "name": "Own them"}})
    assert driver.authorize(scope=None, authorization_details=said(READ))["Location"].startswith("/oauth/consent/")


def test_a_consent_to_scopes_is_none_to_details(driver):
    driver.code(scope="notes:read")
    asked = driver.authorize(scope="notes:read", authorization_details=said(READ))
    assert asked["Location"].startswith("/oauth/consent/")


def test_withdrawn_it_is_forgotten_with_all_that_stood_on_it(driver):
    response = granted(driver, READ)
    authorization = Authorization.objects.get()
    withdraw_consent(user=authorization.user, application=driver.application)
    assert not ledger.is_good(response.json()["access_token"])
    assert driver.authorize(scope=None, authorization_details=said(READ))["Location"].startswith("/oauth/consent/")


def test_the_consent_keeps_no_word_of_the_details(driver):
    driver.code(scope=None, authorization_details=said(ONE, READ))
    (key,) = Consent.objects.get().entries["details"]
    assert len(key) == 64


def test_of_ever_different_details_the_older_are_forgotten(driver):
    consent = driver.code(scope=None, authorization_details=said(READ)) and Consent.objects.get()
    consent.entries["details"] = {f"{number:064}": {"": "x"} for number in range(200)}
    consent.save()
    driver.code(scope=None, authorization_details=said(READ))
    assert len(Consent.objects.get().entries["details"]) == 1


@pytest.mark.spec("RFC 9396", "12")
def test_what_was_changed_while_the_page_was_open_is_not_agreed_to(driver, settings):
    page = driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    register(settings, AUTHORIZATION_DETAILS_TYPES={**TYPES, "transfer": {**TYPES["transfer"], "name": "Send soon"}})
    ledger.is_error_page(driver.decide(page))
    assert Authorization.objects.count() == 0


def test_a_type_withdrawn_while_the_page_was_open_is_not_granted(driver):
    page = driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    ClientPolicy.objects.update(authorization_details_types=[])
    ledger.is_error_page(driver.decide(page), "invalid_authorization_details")
    assert Authorization.objects.count() == 0


def test_another_persons_page_grants_nothing(driver):
    page = driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    driver.sign_in(UserFactory())
    ledger.is_error_page(driver.decide(page))
    assert Authorization.objects.count() == 0


def test_a_type_shows_itself_by_a_template_of_its_own(driver, settings, tmp_path):
    (tmp_path / "transfer.html").write_text("<p>{{ detail.amount.value }} to {{ detail.to }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    types = {**TYPES, "transfer": {**TYPES["transfer"], "template": "transfer.html"}}
    register(settings, AUTHORIZATION_DETAILS_TYPES=types)
    page = driver.browser.get(driver.authorize(authorization_details=said(ONE))["Location"])
    assert "<p>12.50 to Mia &amp; &lt;b&gt;Söhne&lt;/b&gt;</p>" in page.content.decode()


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
@pytest.mark.parametrize("asked", WIDER)
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


@pytest.mark.spec("RFC 9396", "6")
def test_a_retry_does_not_bring_lost_details_back(driver):
    first = granted(driver, ONE, READ).json()["refresh_token"]
    assert details_of(driver.refresh(first)) == [ONE, READ]
    ClientPolicy.objects.update(authorization_details_types=["account"])
    with ledger.unchanged():
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


def test_a_client_asks_for_itself_for_scopes_and_details_together(driver):
    response = driver.token(grant_type="client_credentials", scope="notes:read", authorization_details=said(READ))
    assert details_of(response) == [READ]
    assert response.json()["scope"] == "notes:read"


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


# -- what others are told ------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "9.2")
def test_introspection_tells_what_the_token_is_for(driver):
    asker = signed_in(policy={"may_introspect": True})
    tokens = granted(driver, ONE, READ, authorization_details=said(READ)).json()
    about = asker.introspect(tokens["access_token"]).json()
    assert about["authorization_details"] == [READ]
    assert "scope" not in about
    kept = asker.introspect(tokens["refresh_token"]).json()
    assert kept["authorization_details"] == [ONE, READ]
    assert "scope" not in kept
    plain = signed_in().tokens()
    assert "authorization_details" not in asker.introspect(plain["access_token"]).json()


@pytest.mark.spec("RFC 9396", "9.1")
def test_a_jwt_tells_them_itself(driver):
    ClientPolicy.objects.update(access_token_format="jwt")
    response = granted(driver, ONE, READ, authorization_details=said({**READ, "actions": ["read"]}))
    claims = parse(response.json()["access_token"]).claims
    assert claims["authorization_details"] == details_of(response) == [{**READ, "actions": ["read"]}]
    assert "scope" not in claims
    asker = signed_in(policy={"may_introspect": True})
    about = asker.introspect(response.json()["access_token"]).json()
    assert about["authorization_details"] == claims["authorization_details"]
    own = driver.token(grant_type="client_credentials", authorization_details=said(READ))
    assert parse(own.json()["access_token"]).claims["authorization_details"] == [READ]
    again = driver.refresh(response.json()["refresh_token"])
    assert parse(again.json()["access_token"]).claims["authorization_details"] == details_of(again) == [ONE, READ]


@pytest.mark.spec("RFC 9396", "9.2")
def test_one_who_may_not_ask_is_told_nothing(driver):
    tokens = granted(driver, ONE).json()
    assert signed_in().introspect(tokens["access_token"]).json() == {"active": False}


@pytest.mark.spec("RFC 9396", "10")
@pytest.mark.parametrize("path", [METADATA, "/.well-known/openid-configuration"])
def test_the_metadata_names_the_types_where_there_are_any(driver, settings, path):
    assert driver.browser.get(path).json()["authorization_details_types_supported"] == list(TYPES)
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    assert "authorization_details_types_supported" not in driver.browser.get(path).json()


def test_a_failing_schema_is_the_operators_fault_and_spends_nothing(driver, settings):
    types = {**TYPES, "transfer": {"name": "x", "schema": {"$ref": "https://example.com/schema"}}}
    register(settings, AUTHORIZATION_DETAILS_TYPES=types)
    with ledger.unchanged():
        ledger.refused(driver.push(authorization_details=said(ONE)), "server_error", 500)
    assert PendingRequest.objects.count() == 0
