"""A cache that does not answer (RFC 6749 §5.2): nothing falls over, and nothing is let in that would be counted."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache.backends.locmem import LocMemCache

from oauth_provider.dot.names import application_model
from tests.driver import TOKEN, Driver
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "5.2")]

ORIGIN = "https://spa.example.com"


class Outage(LocMemCache):
    """A cache behind a network that is down."""

    def _down(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("connection refused")

    get = set = add = incr = delete_many = _down


@pytest.fixture(autouse=True)
def _outage(settings: Any) -> Iterator[None]:
    outage = {"default": Outage("", {})}
    with patch("oauth_provider.clients.failures.caches", outage):
        yield


@pytest.fixture
def driver() -> Driver:
    grants = {"grant_types": ["client_credentials"]}
    return Driver(ApplicationFactory(allowed_origins=ORIGIN, policy=grants))


def test_a_machine_made_secret_is_accepted(driver: Driver) -> None:
    assert driver.token(grant_type="client_credentials", scope="notes:read").status_code == 200


def test_a_wrong_secret_is_refused_until_failures_can_be_counted_again(driver: Driver) -> None:
    response = driver.token(grant_type="client_credentials", scope="notes:read", client_secret="wrong")
    assert (response.status_code, response.json()["error"]) == (429, "temporarily_unavailable")
    assert response["Retry-After"] == "60"


def test_a_secret_that_a_person_chose_has_to_wait(driver: Driver) -> None:
    rows = application_model().objects.filter(pk=driver.application.pk)
    rows.update(client_secret=make_password("hunter2"))
    response = driver.token(grant_type="client_credentials", scope="notes:read", client_secret="hunter2")
    assert response.status_code == 429


def test_a_preflight_is_answered_from_the_database(driver: Driver) -> None:
    response = driver.browser.options(TOKEN, headers={"origin": ORIGIN})
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Origin" not in driver.browser.options(TOKEN, headers={"origin": "https://evil.test"})
