"""A22, misuse of pushed requests: while none can be pushed, no ``request_uri`` is anybody's (RFC 9126 §7)."""

import pytest
from django.core import signing

from tests import ledger
from tests.driver import AUTHORIZE, Driver, query_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9126", "7")]

URIS = [
    "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c",
    "urn:ietf:params:oauth:request_uri:",
    "urn:ietf:params:oauth:request_uri:" + "a" * 43,
    "https://app.example.com/request.jwt",
    "https://auth.example.com/oauth/par/1",
    "file:///etc/passwd",
    "x",
]


@pytest.mark.parametrize("request_uri", URIS)
@pytest.mark.parametrize("who", ["nobody", "somebody"])
def test_it_goes_back_unsupported_and_nobody_is_shown_a_login(request_uri: str, who: str) -> None:
    driver = signed_in()
    driver = driver if who == "somebody" else Driver(driver.application)
    with ledger.unchanged():
        answer = query_of(driver.authorize(request_uri=request_uri)["Location"])
    assert (answer["error"], answer["state"]) == ("request_uri_not_supported", "a state")
    assert "code" not in answer


@pytest.mark.parametrize("request_uri", URIS)
def test_alone_it_is_a_page_or_an_error_and_never_a_login(request_uri: str) -> None:
    driver = signed_in()
    query = {"client_id": driver.application.client_id, "request_uri": request_uri}
    with ledger.unchanged():
        response = Driver(driver.application).browser.get(AUTHORIZE, query)
    assert query_of(response["Location"])["error"] == "request_uri_not_supported"
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(AUTHORIZE, {"client_id": "nobody", "request_uri": request_uri}))


def test_the_handle_of_a_consent_page_is_no_request_uri() -> None:
    driver = signed_in()
    handle = driver.authorize()["Location"].rsplit("/", 1)[1]
    with ledger.unchanged():
        answer = query_of(driver.authorize(request_uri=f"urn:ietf:params:oauth:request_uri:{handle}")["Location"])
    assert answer["error"] == "request_uri_not_supported"


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
        ledger.refused(driver.redeem("x", request_uri=URIS[0]), "invalid_grant")
