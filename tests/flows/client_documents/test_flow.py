"""Client ID Metadata Documents: a client that nobody registered, from its first request to a token."""

from typing import Any

import pytest

from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, ClientPolicy, Consent, PendingRequest
from tests import ledger
from tests.documents import CALLBACK, URL, Network, driver_of
from tests.driver import METADATA, Driver, incompressible, query_of
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("Client ID Metadata Document", "4")]


def signed_in(**changes: Any) -> Driver:
    driver = driver_of(**changes)
    driver.sign_in(UserFactory())
    return driver


def applications() -> Any:
    return application_model().objects


def test_a_client_that_nobody_registered_gets_a_token_and_rows_when_somebody_agrees(network: Network) -> None:
    driver = signed_in()
    asked = driver.authorize()
    page = driver.browser.get(asked["Location"]).content.decode()
    assert '<bdi class="oa-host" dir="ltr">notes.example</bdi>' in page
    assert "Notes on the go" in page
    assert "Unverified" in page
    assert applications().count() == 0
    assert ClientPolicy.objects.count() == 0

    code = query_of(driver.decide(asked["Location"])["Location"])["code"]
    row = applications().get()
    assert (row.client_id, row.registration_source, row.client_type, row.user) == (URL, "cimd", "public", None)
    policy = ClientPolicy.objects.get()
    assert (policy.status, policy.door, policy.kind) == ("unapproved", "document", "browser")
    assert AuditEvent.objects.filter(kind="client_registered", client_id=URL).exists()
    tokens = driver.redeem(code).json()
    assert ledger.is_good(tokens["access_token"])
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    assert network.asked == [URL]
    assert query_of(driver.authorize()["Location"])["code"], "remembered, as of any other client"
    assert applications().count() == 1


def test_who_says_no_registers_nobody(network: Network) -> None:
    driver = signed_in()
    refused = query_of(driver.decide(driver.authorize()["Location"], "deny")["Location"])
    assert refused["error"] == "access_denied"
    assert (applications().count(), Consent.objects.count()) == (0, 0)


def test_a_pushed_request_registers_nobody(network: Network) -> None:
    driver = signed_in()
    pushed = driver.push()
    assert pushed.status_code == 201
    assert applications().count() == 0
    row = PendingRequest.objects.get()
    assert (row.application, row.client_id) == (None, URL)
    asked = driver.open(pushed.json()["request_uri"])
    code = query_of(driver.decide(asked["Location"])["Location"])["code"]
    assert driver.redeem(code).status_code == 200


def test_a_long_request_waits_for_a_login(network: Network) -> None:
    driver = driver_of()
    answer = driver.authorize(state=incompressible(3000))
    assert answer.status_code == 303
    row = PendingRequest.objects.get()
    assert (row.application, row.unregistered_client) == (None, URL)
    assert applications().count() == 0


def test_two_who_agree_at_once_register_one(network: Network) -> None:
    first, second = signed_in(), signed_in()
    pages = [driver.authorize()["Location"] for driver in (first, second)]
    codes = [
        query_of(driver.decide(page)["Location"])["code"] for driver, page in zip((first, second), pages, strict=True)
    ]
    assert all(codes)
    assert (applications().count(), Consent.objects.count()) == (1, 2)


def test_prompt_none_says_nothing_and_stores_nothing(network: Network) -> None:
    driver = signed_in()
    with ledger.unchanged():
        response = driver.authorize(prompt="none")
    assert response.status_code == 400
    assert CALLBACK in response.content.decode()


@pytest.mark.spec("Client ID Metadata Document", "6")
def test_metadata_says_so_exactly_where_it_is_served(settings: Any, network: Network) -> None:
    driver = signed_in()
    member = "client_id_metadata_document_supported"
    assert driver.browser.get(METADATA).json()[member] is True
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {}}
    assert member not in driver.browser.get(METADATA).json()
    with ledger.unchanged():
        assert driver.authorize().status_code == 400
    assert network.asked == []


def test_who_is_signed_in_stays_so_when_the_door_is_closed(settings: Any, network: Network) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {}}
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    assert driver.authorize().status_code == 400


def test_a_suspended_client_is_nobodys(network: Network) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    ClientPolicy.objects.update(status="suspended")
    assert driver.authorize().status_code == 400
    assert driver.refresh(tokens["refresh_token"]).status_code == 401


def test_what_an_operator_registered_by_a_url_is_theirs(network: Network) -> None:
    """§6.9: nothing is fetched for it."""
    driver = Driver(ApplicationFactory(client_id=URL, public=True, policy={}))
    driver.sign_in(UserFactory())
    assert driver.tokens()["access_token"]
    assert network.asked == []
