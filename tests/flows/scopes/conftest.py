"""Ana, who is an editor, and a client that asks for scopes of which some imply others and one is for editors alone."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from tests.driver import Driver, signed_in
from tests.factories import UserFactory

SCOPES = {
    "notes:read": "Read your notes",
    "notes:write": {"title": "Write your notes", "implies": ["notes:read"]},
    "notes:publish": {
        "title": "Publish notes",
        "implies": ["notes:write"],
        "grantable_by": "group:Editors",
        "refusal": "Ask an editor to publish.",
    },
    "photos:read": "See your photos",
}


@pytest.fixture(autouse=True)
def _scopes(settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": SCOPES}


@pytest.fixture
def ana() -> Any:
    """An editor."""
    user = UserFactory(username="ana")
    user.groups.add(Group.objects.create(name="Editors"))
    return user


@pytest.fixture
def driver(ana: Any) -> Driver:
    """A client in the browser of ana; it may introspect."""
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    return signed_in(ana, policy={"grant_types": grants, "may_introspect": True})
