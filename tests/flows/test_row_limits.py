"""What others can make us store (RFC 6819 §4.4.1.11): every kind of row is bounded, by size, number and time."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from oauth_provider.models import Authorization, PendingRequest
from oauth_provider.models.pending_request import SWEEP_EVERY
from tests import ledger
from tests.driver import AUTHORIZE, PAR, Driver, incompressible, post, query_of, signed_in
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6819", "4.4.1.11")]

LONG = incompressible(3_000)


@pytest.fixture
def limits(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {
        **OAUTH_PROVIDER,
        "PENDING_REQUESTS_PER_ADDRESS": 3,
        "PENDING_REQUESTS_PER_CLIENT": 5,
        "PENDING_REQUESTS_PER_SESSION": 2,
        "UNREDEEMED_CODES_PER_USER": 2,
        "CLIENT_ADDRESS": f"{__name__}.address",
    }


def address(request: Any) -> str:
    return request.headers.get("X-Address", "192.0.2.1")


def push(driver: Driver, origin: str = "192.0.2.1", **changes: Any) -> Any:
    return post(Browser(), PAR, driver.request(**changes) | driver.credentials, **{"X-Address": origin})


def is_turned_away(response: Any) -> None:
    ledger.refused(response, "temporarily_unavailable", 429)
    assert int(response["Retry-After"]) > 0


@pytest.mark.usefixtures("limits")
def test_an_address_pushes_so_many_requests_of_public_clients(settings: Any) -> None:
    spa, app = Driver(ApplicationFactory(public=True)), Driver(ApplicationFactory(public=True))
    for driver in (spa, app, spa):
        assert push(driver).status_code == 201
    with ledger.unchanged():
        for driver in (spa, app):
            is_turned_away(push(driver))
    assert push(spa, "192.0.2.2").status_code == 201


@pytest.mark.usefixtures("limits")
def test_an_ipv6_caller_is_its_whole_network() -> None:
    driver = Driver(ApplicationFactory(public=True))
    for number in range(3):
        assert push(driver, f"2001:db8::{number}").status_code == 201
    is_turned_away(push(driver, "2001:db8::ffff"))
    assert push(driver, "2001:db8:0:1::1").status_code == 201


@pytest.mark.usefixtures("limits")
def test_strangers_cannot_crowd_out_a_client_that_authenticates() -> None:
    driver = Driver(ApplicationFactory())
    for number in range(5):
        driver.browser.get(AUTHORIZE, driver.request(state=LONG), headers={"X-Address": f"192.0.2.{number}"})
    assert PendingRequest.objects.count() == 5
    for _ in range(5):
        assert push(driver).status_code == 201
    with ledger.unchanged():
        is_turned_away(push(driver))


@pytest.mark.usefixtures("limits")
def test_what_was_answered_or_is_over_counts_no_more() -> None:
    driver = signed_in(public=True)
    uris = [push(driver).json()["request_uri"] for _ in range(3)]
    is_turned_away(push(driver))
    assert "code" in query_of(driver.decide(driver.open(uris[0])["Location"])["Location"])
    assert push(driver).status_code == 201
    is_turned_away(push(driver))
    with ledger.later(300 + 3600 + 600 + 1):
        assert push(driver).status_code == 201


@pytest.mark.spec("RFC 9126", "2.3")
def test_a_public_client_pushes_no_more_than_a_browser_could_send() -> None:
    driver = Driver(ApplicationFactory(public=True))
    assert driver.push(state="s" * 15_000).status_code == 201
    with ledger.unchanged():
        ledger.refused(driver.push(state="s" * 20_000), "invalid_request", 413)
        ledger.refused(driver.push(state="s" * 70_000), "invalid_request", 413)


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_at_the_limit_a_long_request_is_a_page_that_leads_back(method: str) -> None:
    driver = Driver(ApplicationFactory())

    def send() -> Any:
        if method == "GET":
            return driver.authorize(state=LONG)
        return post(driver.browser, AUTHORIZE, driver.request(state=LONG))

    for _ in range(3):
        assert send().status_code == 303
    with ledger.unchanged():
        page = send()
        ledger.is_error_page(page, "temporarily_unavailable", 429)
    assert int(page["Retry-After"]) > 0
    assert f'href="{driver.redirect_uri}?error=temporarily_unavailable' in page.content.decode()
    assert driver.authorize(state="short").status_code == 303


@pytest.mark.usefixtures("limits")
def test_who_signed_in_makes_room_for_the_next() -> None:
    driver = signed_in()
    for _ in range(6):
        location = post(driver.browser, AUTHORIZE, driver.request(state=LONG))["Location"]
        assert driver.browser.get(location)["Location"].startswith("/oauth/consent/")


@pytest.mark.usefixtures("limits")
def test_of_a_sessions_open_pages_the_oldest_give_way() -> None:
    driver = signed_in()
    other = Driver(driver.application)
    other.sign_in(PendingRequest._meta.get_field("user").related_model.objects.get())
    apart = other.authorize()["Location"]
    pages = [driver.authorize()["Location"] for _ in range(5)]
    assert PendingRequest.objects.count() == 2 + 1
    assert driver.browser.get(apart).status_code == 400  # of another session, where it still waits
    assert [driver.browser.get(page).status_code for page in pages] == [400, 400, 400, 200, 200]
    assert "code" in query_of(driver.decide(pages[-1])["Location"])
    assert "code" in query_of(other.decide(apart)["Location"])


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("changes", [{"prompt": "none"}, {}], ids=["silent", "remembered"])
def test_of_codes_that_nobody_redeems_the_oldest_give_way(changes: dict[str, str]) -> None:
    driver = signed_in()
    kept = driver.tokens()
    codes = [driver.code(**changes) for _ in range(40)]
    assert Authorization.objects.filter(redeemed_at=None).count() < 2 + 8 + 1
    assert driver.redeem(codes[-1]).status_code == 200
    ledger.refused(driver.redeem(codes[0]), "invalid_grant")
    assert driver.refresh(kept["refresh_token"]).status_code == 200


# Time


def test_what_is_over_is_swept_by_the_way() -> None:
    driver = signed_in(public=True)
    for _ in range(SWEEP_EVERY + 1):
        driver.push()
    PendingRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    fresh = [driver.push().json()["request_uri"] for _ in range(SWEEP_EVERY)]
    assert PendingRequest.objects.filter(expires_at__lt=timezone.now()).count() == 0
    assert all(driver.open(uri)["Location"].startswith("/oauth/consent/") for uri in fresh[-2:])


def test_an_answered_row_is_over_ten_seconds_later() -> None:
    driver = signed_in()
    request_uri = driver.push().json()["request_uri"]
    page = driver.open(request_uri)["Location"]
    driver.decide(page)
    with ledger.later(9):
        assert not PendingRequest.objects.filter(expires_at__lt=timezone.now()).exists()
        assert driver.decide(page).status_code == 303
    with ledger.later(11):
        assert PendingRequest.objects.filter(expires_at__lt=timezone.now()).count() == 2


def test_a_sweep_that_fails_hinders_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError
    from django.db.models import QuerySet

    def fail(queryset: Any) -> None:
        raise DatabaseError("out of order")

    driver = signed_in(public=True)
    monkeypatch.setattr(QuerySet, "delete", fail)
    for _ in range(SWEEP_EVERY):
        assert driver.push().status_code == 201
