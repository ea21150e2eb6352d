"""Copies of Client ID Metadata Documents (§4.4, RFC 9111): how long, how often, and without."""

from typing import Any

import pytest
from django.core.cache import caches

from oauth_provider.clients.documents import copies
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, Consent
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, GuardedCache
from tests import ledger
from tests.documents import CALLBACK, URL, Network, driver_of
from tests.driver import Driver, query_of
from tests.each import each
from tests.factories import UserFactory
from tests.flows.request_objects import jwks

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("clock_cache"),
    pytest.mark.spec("Client ID Metadata Document", "4.4"),
]

HOUR, DAY = 3600, 86_400


def signed_in(**changes: Any) -> Driver:
    driver = driver_of(**changes)
    driver.sign_in(UserFactory())
    return driver


def is_asked(driver: Driver) -> bool:
    """Is a person asked, or answered for what they agreed to?"""
    response = driver.authorize()
    return response.status_code in (302, 303)


def refresh(driver: Driver, tokens: dict[str, Any]) -> int:
    """Refresh; the answer's status, and the tokens as they are now."""
    response = driver.refresh(tokens["refresh_token"])
    tokens |= response.json() if response.status_code == 200 else {}
    return int(response.status_code)


@each(
    "headers, seconds",
    [
        ({}, HOUR),
        ({"cache-control": "max-age=7200"}, 7200),
        ({"cache-control": "max-age=7200, s-maxage=600"}, 600),
        ({"cache-control": "max-age=7200", "age": "5400"}, 1800),
        ({"cache-control": "no-store"}, 300),
        ({"cache-control": "max-age=1"}, 300),
        ({"cache-control": "max-age=99999999"}, DAY),
        ({"date": "Tue, 01 Dec 2026 00:00:00 GMT", "expires": "Tue, 01 Dec 2026 02:00:00 GMT"}, 7200),
        ({"date": "Tue, 01 Dec 2026 00:00:00 GMT", "expires": "0"}, 300),
        ({"cache-control": "max-age=x, , =, max-age"}, HOUR),
    ],
)
def test_http_says_how_long_a_copy_is_fresh(network: Network, headers: dict[str, str], seconds: int) -> None:
    network.publish(headers=headers)
    network.asked.clear()
    driver = signed_in(client_id=URL)
    caches["default"].clear()
    assert is_asked(driver)
    with ledger.later(seconds - 60):
        driver.sign_in(UserFactory())
        assert is_asked(driver)
    assert network.asked == [URL]
    with ledger.later(seconds + 2):
        driver.sign_in(UserFactory())
        assert is_asked(driver)
    assert network.asked == [URL, URL]


def test_a_failure_is_not_tried_again_at_once(network: Network) -> None:
    network.fail()
    driver = signed_in()
    assert not is_asked(driver)
    network.publish()
    assert not is_asked(driver)
    assert network.asked == [URL]
    with ledger.later(61):
        assert is_asked(driver)


def test_an_outage_hurts_nobody_for_a_day(network: Network) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    network.fail()
    with ledger.later(20 * HOUR):
        assert refresh(driver, tokens) == 200
        driver.sign_in(UserFactory())
        assert is_asked(driver)
    with ledger.later(HOUR + DAY + 60):
        driver.sign_in(UserFactory())
        assert not is_asked(driver)
        assert refresh(driver, tokens) == 401
    network.publish()
    with ledger.later(HOUR + DAY + 180):
        driver.sign_in(UserFactory())
        assert is_asked(driver)


@each(
    "status, body",
    [(404, ""), (410, ""), (200, "{}"), (200, "<html>"), (200, '{"client_id": "https://evil.example/client.json"}')],
)
def test_a_document_that_is_gone_ends_new_sign_ins_alone(network: Network, status: int, body: str) -> None:
    driver = signed_in()
    caches["default"].clear()
    network.publish()
    tokens = driver.tokens()
    network.say(body, status=status)
    with ledger.later(2 * HOUR):
        driver.sign_in(UserFactory())
        assert not is_asked(driver)
        assert refresh(driver, tokens) == 200


@each("status", [500, 503, 429, 301, 204])
def test_what_is_no_answer_is_an_outage(network: Network, status: int) -> None:
    driver = signed_in()
    caches["default"].clear()
    network.publish()
    driver.tokens()
    network.say("", status=status)
    with ledger.later(2 * HOUR):
        driver.sign_in(UserFactory())
        assert is_asked(driver)


def test_a_lost_cache_costs_one_fetch_and_rows_serve_meanwhile(network: Network) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    caches["default"].clear()
    network.fail()
    assert refresh(driver, tokens) == 200
    with ledger.later(DAY + 60):
        assert refresh(driver, tokens) == 401


def test_without_the_cache_nothing_is_fetched_and_rows_serve(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    driver, stranger = signed_in(), signed_in(client_id="https://other.example/client.json")
    network.publish("https://other.example/client.json", redirect_uris=[CALLBACK])
    tokens = driver.tokens()
    network.asked.clear()

    def fail(*arguments: Any) -> None:
        raise CacheUnavailable

    monkeypatch.setattr(GuardedCache, "_run", fail)
    assert refresh(driver, tokens) == 200
    assert not is_asked(stranger)
    assert network.asked == []


@pytest.mark.spec("Client ID Metadata Document", "6.3")
@each(
    "changes, is_asked_again",
    [
        ({"client_name": "Notes for everybody"}, True),
        ({"redirect_uris": [CALLBACK, f"{CALLBACK}/2"]}, True),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks("ES256")}, True),
        ({"client_uri": "https://notes.example/about"}, True),
        ({"unknown": {"member": 1}}, False),
    ],
)
def test_a_changed_document_asks_people_again(network: Network, changes: dict[str, Any], is_asked_again: bool) -> None:
    driver = signed_in()
    caches["default"].clear()
    network.publish()
    driver.tokens()
    network.publish(**changes)
    with ledger.later(2 * HOUR):
        driver.sign_in(Consent.objects.get().user)
        place = driver.authorize()["Location"]
        assert place.startswith("/oauth/consent/") == is_asked_again
        if is_asked_again:
            assert query_of(driver.decide(place)["Location"])["code"]
            row, name = application_model().objects.get(), changes.get("client_name", "Notes on the go")
            assert (row.name, row.redirect_uris.split()[-1]) == (name, changes.get("redirect_uris", [CALLBACK])[-1])
            assert row.client_type == ("confidential" if "jwks" in changes else "public")


def test_a_page_that_was_open_when_the_document_changed_is_asked_anew(network: Network) -> None:
    driver = signed_in()
    page = driver.authorize()["Location"]
    network.publish(client_name="Somebody else")
    with ledger.later(2 * HOUR), ledger.unchanged():
        assert driver.decide(page).status_code == 400
    caches["default"].clear()
    with ledger.unchanged():
        assert driver.decide(page).status_code == 400


@pytest.mark.spec("Client ID Metadata Document", "6.3")
def test_an_approval_is_undone_by_another_name(network: Network) -> None:
    driver = signed_in()
    driver.tokens()
    ClientPolicy.objects.update(status="approved")
    network.publish(client_name="Somebody else")
    caches["default"].clear()
    driver.decide(driver.authorize()["Location"])
    assert ClientPolicy.objects.get().status == "unapproved"


def test_strangers_cannot_make_us_fetch_without_end(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """§6.6: many paths of one origin; and the fetches of clients that people use are counted apart."""
    driver = signed_in()
    tokens = driver.tokens()
    monkeypatch.setattr(copies, "PER_ORIGIN", "3/hour")
    monkeypatch.setattr(copies, "TOTAL", "5/hour")
    network.asked.clear()
    for number in range(9):
        assert not is_asked(signed_in(client_id=f"https://evil.example/{number}"))
    for number in range(9):
        assert not is_asked(signed_in(client_id=f"https://evil{number}.example/"))
    # One of five was the honest client's; those beyond their origin's limit count for nobody else.
    assert len(network.asked) == 3 + 1
    with ledger.later(2 * HOUR):
        assert refresh(driver, tokens) == 200
    assert network.asked[-1] == URL
