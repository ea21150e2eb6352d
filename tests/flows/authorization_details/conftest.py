"""A client of every registered type of authorization details."""

from typing import Any

import pytest

from tests.details import TYPES, register
from tests.driver import Driver, signed_in
from tests.flows.authorization_details.grants import ACCOUNTS, PHOTOS

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


@pytest.fixture(autouse=True)
def _types(settings: Any) -> None:
    register(settings, RESOURCES={ACCOUNTS: "Accounts", PHOTOS: {"name": "Photos", "scopes": ["photos:read"]}})


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": GRANTS, "authorization_details_types": list(TYPES)})
