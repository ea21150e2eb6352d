"""A person, ana, with two albums, and a client that asks to print one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.details import register
from tests.driver import Driver, signed_in
from tests.factories import UserFactory
from tests.flows.choosers import albums


@pytest.fixture
def ana() -> Any:
    """Somebody with two albums."""
    return UserFactory(username="ana")


@pytest.fixture
def driver(ana: Any) -> Driver:
    """A client in the browser of ana; it may introspect."""
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    policy = {"grant_types": grants, "may_introspect": True, "authorization_details_types": ["print", "transfer"]}
    return signed_in(ana, policy=policy)


@pytest.fixture(autouse=True)
def _albums(settings: Any) -> Iterator[None]:
    use(settings, albums.Print)
    albums.albums.update({"ana": {"snow": "First <snow>", "sea": "The sea"}, "noor": {"cats": "My cats"}})
    yield
    albums.albums.clear()
    albums.questions.clear()


def use(settings: Any, kind: type[albums.Print]) -> None:
    """Have the server know ``kind`` as "print", beside a type in which nothing is chosen."""
    from tests.details import TRANSFER

    types = {"print": f"{albums.__name__}.{kind.__name__}", "transfer": TRANSFER}
    register(settings, AUTHORIZATION_DETAILS_TYPES=types)
