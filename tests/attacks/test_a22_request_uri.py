"""A22, misuse of pushed requests: a ``request_uri`` is good for its client, once, and in time (RFC 9126 §7)."""

from typing import Any

import pytest
from django.core import signing

from oauth_provider.models import ClientPolicy, PendingRequest
from tests import ledger
from tests.driver import AUTHORIZE, Driver, query_of, signed_in
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9126", "7")]

PREFIX = "urn:ietf:params:oauth:request_uri:"
GUESSED = [
    f"{PREFIX}6esc_11ACC5bwc014ltc14eY22c",
    PREFIX,
    PREFIX + "a" * 43,
    PREFIX + "a" * 42 + "é",
    PREFIX + "a" * 42 + "\x00",
    PREFIX + "a" * 9000,
    f"{PREFIX}../../x",
]
FOREIGN = [
    "https://app.example.com/request.jwt",
    "https://auth.example.com/oauth/par/1",
    "file:///etc/passwd",
    PREFIX.upper() + "a" * 43,
    "x",
]
WHO = pytest.mark.parametrize("who", ["nobody", "somebody"])


def visitor(who: str) -> Driver:
    driver = signed_in(policy={})
    return driver if who == "somebody" else Driver(driver.application)


def is_no_login(response: Any) -> None:
    """A page that says what is wrong with the ``request_uri``."""
    ledger.is_error_page(response, "invalid_request_uri")


@WHO
@pytest.mark.parametrize("request_uri", FOREIGN)
def test_one_that_is_not_ours_goes_back_and_nobody_is_shown_a_login(request_uri: str, who: str) -> None:
    driver = visitor(who)
    with ledger.unchanged():
        answer = query_of(driver.authorize(request_uri=request_uri)["Location"])
    assert (answer["error"], answer["state"]) == ("request_uri_not_supported", "a state")
    assert "code" not in answer


@WHO
@pytest.mark.parametrize("request_uri", GUESSED)
def test_one_that_was_guessed_is_a_page(request_uri: str, who: str) -> None:
    driver = visitor(who)
    with ledger.unchanged():
        is_no_login(driver.authorize(request_uri=request_uri))
        is_no_login(driver.open(request_uri))
        is_no_login(driver.open(request_uri, client_id="nobody"))


@WHO
def test_one_that_is_not_ours_alone_is_an_error_and_never_a_login(who: str) -> None:
    driver = visitor(who)
    with ledger.unchanged():
        assert query_of(driver.open(FOREIGN[0])["Location"])["error"] == "request_uri_not_supported"
        ledger.is_error_page(driver.open(FOREIGN[0], client_id="nobody"))


@WHO
@pytest.mark.spec("OIDF", "fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client")
def test_another_clients_is_a_page(who: str) -> None:
    driver, other = visitor(who), ApplicationFactory()
    request_uri = driver.push().json()["request_uri"]
    with ledger.unchanged():
        is_no_login(driver.open(request_uri, client_id=other.client_id))
        is_no_login(driver.open(request_uri, client_id=""))
        is_no_login(driver.browser.get(AUTHORIZE, {"request_uri": request_uri}))


@WHO
@pytest.mark.parametrize(
    "change",
    [{"redirect_uris": "https://a.example.com/"}, {"client_id": "renamed"}, {"authorization_grant_type": "password"}],
    ids=str,
)
def test_one_whose_client_has_changed_is_no_login(change: dict[str, str], who: str) -> None:
    driver = visitor(who)
    request_uri = driver.push().json()["request_uri"]
    ClientPolicy.objects.all().delete()
    type(driver.application).objects.update(**change)
    with ledger.unchanged():
        response = driver.open(request_uri)
    if "authorization_grant_type" in change:
        assert query_of(response["Location"])["error"] == "unauthorized_client"
    else:
        assert response.status_code == 400


@WHO
def test_one_whose_client_was_suspended_is_a_page(who: str) -> None:
    driver = visitor(who)
    request_uri = driver.push().json()["request_uri"]
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        ledger.is_error_page(driver.open(request_uri))


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.spec("OIDF", "fapi2-security-profile-final-par-attempt-reuse-request_uri")
def test_one_that_was_answered_is_spent_wherever_it_is_open(decision: str) -> None:
    driver = signed_in()
    request_uri = driver.push().json()["request_uri"]
    first, second = driver.open(request_uri)["Location"], driver.open(request_uri)["Location"]
    again = driver.decide(first, decision)
    assert driver.decide(first, decision)["Location"] == again["Location"]  # a double click
    with ledger.unchanged():
        is_no_login(driver.open(request_uri))
        is_no_login(driver.decide(second, "allow"))
        is_no_login(driver.decide(second, "deny"))
        is_no_login(Driver(driver.application).open(request_uri))


def test_one_that_was_answered_without_a_page_is_spent() -> None:
    driver = signed_in()
    driver.code()
    request_uri = driver.push(prompt="none").json()["request_uri"]
    assert "code" in query_of(driver.open(request_uri)["Location"])
    with ledger.unchanged():
        is_no_login(driver.open(request_uri))


def test_a_ticket_of_one_that_was_answered_is_spent_too() -> None:
    driver = signed_in()
    elsewhere = Driver(driver.application)
    request_uri = driver.push().json()["request_uri"]
    ticket = query_of(elsewhere.open(request_uri)["Location"])["next"]
    driver.decide(driver.open(request_uri)["Location"])
    with ledger.unchanged():
        is_no_login(elsewhere.browser.get(ticket))
        is_no_login(driver.browser.get(ticket))


def test_the_handle_of_a_consent_page_is_no_request_uri_nor_the_other_way_about() -> None:
    driver = signed_in()
    handle = driver.authorize()["Location"].rsplit("/", 1)[1]
    pushed = driver.push().json()["request_uri"].removeprefix(PREFIX)
    with ledger.unchanged():
        is_no_login(driver.open(PREFIX + handle))
        ledger.is_error_page(driver.browser.get(f"/oauth/consent/{pushed}"))
        ledger.is_error_page(driver.decide(f"/oauth/consent/{pushed}"))


def test_nothing_of_it_stands_in_a_url() -> None:
    driver = Driver(ApplicationFactory())
    request_uri = driver.push(login_hint="", nonce="a-nonce").json()["request_uri"]
    location = driver.open(request_uri)["Location"]
    pairs = signing.loads(query_of(query_of(location)["next"])["ticket"], salt="oauth_provider.authorization.request")
    assert [name for name, _value in pairs[0]] == ["client_id", "request_uri"]
    assert request_uri.removeprefix(PREFIX) not in ledger.text()
    assert PendingRequest.objects.count() == 1


@pytest.mark.parametrize("change", [{"redirect_uris": "https://a.example.com/"}, {"client_id": "renamed"}], ids=str)
def test_a_ticket_is_worth_nothing_once_its_client_lost_its_redirect_uri(change: dict[str, str]) -> None:
    driver = signed_in()
    ticket = query_of(query_of(Driver(driver.application).authorize()["Location"])["next"])["ticket"]
    type(driver.application).objects.update(**change)
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": ticket}))


def test_a_signature_of_another_app_is_no_ticket() -> None:
    driver = signed_in()
    forged = signing.dumps(list(driver.request().items()), salt="another app of the project")
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"ticket": forged}))


def test_a_request_uri_in_a_token_request_is_ignored() -> None:
    driver = signed_in()
    with ledger.unchanged():
        ledger.refused(driver.redeem("x", request_uri=GUESSED[0]), "invalid_grant")
