"""Attempts to authenticate as a client (RFC 6819 §5.1.4.2.3): who fails too often has to wait."""

from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import caches

from oauth_provider.models import ClientPolicy
from tests import ledger
from tests.driver import TOKEN, Driver, post
from tests.flows.client_authentication.service_clients import GRANT, hashes, of_dot
from tests.overrides import setting

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]


def fail(driver: Driver, times: int, *, address: str = "127.0.0.1", **form: Any) -> list[int]:
    """The statuses of so many failures from ``address``."""
    form = {**driver.credentials, **GRANT, "client_secret": "wrong", **form}
    driver.browser.defaults["REMOTE_ADDR"] = address
    return [post(driver.browser, TOKEN, form).status_code for _ in range(times)]


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.parametrize("client_id", [None, "nobody"], ids=["known", "unknown"])
def test_who_fails_too_often_is_told_to_wait(service: Driver, client_id: str | None) -> None:
    form = {"client_id": client_id} if client_id else {}
    assert fail(service, 12, **form) == [401] * 10 + [429] * 2
    with ledger.unchanged():
        response = service.token(**GRANT, client_secret="wrong", **form)
    ledger.refused(response, "temporarily_unavailable", 429)
    assert 1 <= int(response["Retry-After"]) <= 60


@pytest.mark.spec("RFC 6585", "4")
def test_a_good_machine_made_secret_still_passes(service: Driver) -> None:
    fail(service, 12)
    assert service.token(**GRANT).status_code == 200


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.usefixtures("clock_cache")
def test_a_secret_that_a_person_chose_has_to_wait() -> None:
    driver = Driver(of_dot("chosen by hand"))
    fail(driver, 10)
    assert hashes(driver) == 0
    ledger.refused(driver.token(**GRANT), "temporarily_unavailable", 429)
    with ledger.later(61):
        assert driver.token(**GRANT).status_code == 200


@pytest.mark.spec("RFC 6585", "4")
def test_failures_count_for_one_client_and_one_address() -> None:
    one, other = Driver(of_dot("chosen by hand")), Driver(of_dot("chosen by hand"))
    fail(one, 11, address="192.0.2.1")
    assert fail(one, 1, address="192.0.2.2") == [401]
    assert fail(other, 1, address="192.0.2.1") == [401]
    assert fail(one, 1, address="192.0.2.1") == [429]


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", 429),
        ("2001:db8:0:1::1", "2001:0DB8:0000:0001::2", 429),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", 401),
        ("192.0.2.1", "192.0.2.2", 401),
        ("not an address", "not an address", 429),
        ("", "", 429),
        ("unix:\r\n", "192.0.2.1", 401),
    ],
)
def test_an_ipv6_caller_owns_its_whole_64(service: Driver, one: str, other: str, status: int) -> None:
    fail(service, 10, address=one)
    assert fail(service, 1, address=other) == [status]


@pytest.mark.spec("RFC 6585", "4")
def test_how_often_is_a_setting(service: Driver) -> None:
    with setting(CLIENT_AUTHENTICATION_FAILURES="2/hour"):
        assert fail(service, 3) == [401, 401, 429]


@pytest.mark.spec("RFC 6585", "4")
def test_the_address_is_not_taken_from_a_header(service: Driver) -> None:
    fail(service, 10)
    response = service.browser.post(
        TOKEN,
        "grant_type=client_credentials&client_id=" + service.application.client_id + "&client_secret=wrong",
        content_type="application/x-www-form-urlencoded",
        headers={"X-Forwarded-For": "192.0.2.9", "X-Real-IP": "192.0.2.9", "Forwarded": "for=192.0.2.9"},
    )
    assert response.status_code == 429


@pytest.mark.spec("RFC 6585", "4")
def test_guesses_that_are_made_at_once_are_no_more_than_guesses_in_turn() -> None:
    """While the first is being hashed, the others come."""
    driver, statuses, hashed = Driver(of_dot("chosen by hand")), [], []

    def slow(secret: str, encoded: str) -> bool:
        hashed.append(secret)
        if len(hashed) == 1:
            statuses.extend(fail(driver, 20))
        return False

    with patch("oauth_provider.clients.authentication.secret.check_password", slow):
        statuses.extend(fail(driver, 1))
    assert len(hashed) == 10
    assert sorted(statuses) == [401] * 10 + [429] * 11


@pytest.mark.spec("RFC 6585", "4")
def test_who_knows_the_secret_is_never_told_to_wait() -> None:
    driver = Driver(of_dot("chosen by hand"))
    with setting(CLIENT_AUTHENTICATION_FAILURES="3/minute"):
        fail(driver, 2)
        assert [driver.token(**GRANT).status_code for _time in range(8)] == [200] * 8
        assert fail(driver, 2) == [401, 429]


@pytest.mark.spec("RFC 6585", "4")
def test_a_suspended_client_is_told_to_wait_like_any_other(service: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    statuses = [service.token(**GRANT).status_code for _time in range(12)]
    assert statuses == [401] * 10 + [429] * 2


@pytest.mark.spec("RFC 6585", "4")
@pytest.mark.usefixtures("clock_cache")
def test_identifiers_that_nobody_has_take_up_no_room_each(service: Driver) -> None:
    stored: Any = caches["default"]
    fail(service, 1, client_id="nobody")
    before = len(stored._cache)
    for number in range(20):
        fail(service, 1, client_id=f"nobody-{number}")
        fail(service, 1, client_id=f"n\u00f6body-{number}")
    assert len(stored._cache) == before


@pytest.mark.spec("RFC 6585", "4")
def test_a_counter_outlasts_what_strangers_have_the_server_keep(service: Driver, settings: Any) -> None:
    """Made-up clients and origins, in a cache that keeps ten entries and throws others out."""
    small = {"LOCATION": "small", "OPTIONS": {"MAX_ENTRIES": 10}}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", **small}}
    caches["default"].clear()
    assert fail(service, 11)[-1] == 429
    for number in range(30):
        fail(service, 1, client_id=f"nobody-{number}")
        service.browser.options(TOKEN, headers={"origin": f"https://{number}.example"})
    assert fail(service, 1) == [429]


def address_of(request: Any) -> str:
    """What a project behind a proxy of its own might write."""
    return str(request.headers.get("X-Client", ""))


@pytest.mark.spec("RFC 6585", "4")
def test_the_address_may_be_the_projects_to_find(service: Driver) -> None:
    with setting(CLIENT_ADDRESS=f"{__name__}.address_of"):
        form = {**service.credentials, **GRANT, "client_secret": "wrong"}
        statuses = [post(service.browser, TOKEN, form, **{"X-Client": "192.0.2.1"}).status_code for _ in range(11)]
        assert statuses[-1] == 429
        assert post(service.browser, TOKEN, form, **{"X-Client": "192.0.2.2"}).status_code == 401
