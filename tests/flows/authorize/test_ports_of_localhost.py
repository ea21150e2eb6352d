"""Ports of ``localhost`` (RFC 9700 §2.1): DOT's own setting for apps that registered one and come with another."""

from typing import Any

import pytest

from tests import ledger
from tests.driver import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "2.1")]


def test_dots_setting_lets_a_registered_port_differ(settings: Any) -> None:
    driver = signed_in(redirect_uri="http://localhost:3000/cb")
    other = {"redirect_uri": "http://localhost:8000/cb"}
    ledger.is_error_page(driver.authorize(**other))
    settings.OAUTH2_PROVIDER = {"ALLOW_LOCALHOST_LOOPBACK": True}
    assert driver.authorize(**other).status_code == 303
    ledger.is_error_page(driver.authorize(redirect_uri="http://localhost.evil.example:8000/cb"))
