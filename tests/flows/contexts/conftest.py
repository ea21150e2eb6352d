"""A person, ana, in two workspaces, and a client whose consent is remembered."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.driver import Driver, signed_in
from tests.factories import UserFactory
from tests.flows.contexts import workspaces


@pytest.fixture
def ana() -> Any:
    """A member of two workspaces."""
    return UserFactory(username="ana")


@pytest.fixture
def driver(ana: Any) -> Driver:
    """A client in the browser of ana; it may introspect."""
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    return signed_in(ana, policy={"grant_types": grants, "may_introspect": True})


@pytest.fixture(autouse=True)
def _workspaces(settings: Any) -> Iterator[None]:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANT_CONTEXTS": f"{workspaces.__name__}.Workspaces"}
    workspaces.members.update({"ana": ["acme", "globex"]})
    yield
    workspaces.members.clear()
    workspaces.questions.clear()
