"""The context of a client that acts for itself, on its page in the admin."""

import pytest

from oauth_provider.models import ClientPolicy
from tests.admin.operators import errors_of
from tests.admin.test_change_client import change
from tests.factories import ApplicationFactory
from tests.flows.contexts.workspaces import members

pytestmark = pytest.mark.django_db


def test_the_context_of_a_client_of_its_own_is_one_that_is_open_to_it():
    application = ApplicationFactory(policy={"grant_types": ["client_credentials"]})
    refused = change(application, context="acme")
    assert "may act in no such context" in errors_of(refused)["context"]
    members[""] = ["acme"]
    change(application, context=" acme ")
    members.clear()
    assert ClientPolicy.objects.get().context == "acme"
    # Closed since, it must not keep anybody from suspending the client.
    assert change(application, status="suspended").status_code == 302
    assert change(application, context="").status_code == 302
    assert ClientPolicy.objects.get().context == ""
    assert change(application, context="a" * 201).status_code == 200
