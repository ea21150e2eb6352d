"""``manage.py check``: limits that bound something, and the address that they count by."""

from typing import Any

import pytest
from django.core.checks.registry import registry

from oauth_provider.checks.limits import LIMITS, check_address, check_limits
from tests.each import each
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.spec("RFC 6819", "4.4.1.11")


def ids(*, deploy: bool = False) -> set[str]:
    """Those of ours here; all the others that Django would run take long."""
    registered = registry.get_checks(include_deployment_checks=deploy)
    ours = [check for check in (check_limits, check_address) if check in registered]
    return {str(message.id) for check in ours for message in check(None)}


@each("name", LIMITS)
@each("value", [0, -1, True, None, "20", 1.5], ids=str)
def test_a_limit_that_bounds_nothing_is_an_error(settings: Any, name: str, value: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, name: value}
    assert ids() == {"oauth_provider.E056"}


@each("name", LIMITS)
def test_a_whole_number_from_one_is_a_limit(settings: Any, name: str) -> None:
    for value in (1, 1_000_000):
        settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, name: value}
        assert ids() == set()


def test_four_settings_are_limits() -> None:
    assert len(LIMITS) == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")), ("USE_X_FORWARDED_HOST", True)],
)
def test_behind_a_proxy_an_address_function_is_asked_for(settings: Any, name: str, value: Any) -> None:
    assert ids(deploy=True) == set()
    setattr(settings, name, value)
    assert ids(deploy=True) == {"oauth_provider.W057"}
    assert ids() == set()
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "CLIENT_ADDRESS": "tests.flows.test_row_limits.address"}
    assert ids(deploy=True) == set()
