"""``create_client``: what a project's tests register a client with (RFC 7591 §2)."""

import os
import subprocess
import sys
from typing import Any

import pytest

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.register import MetadataRefused
from oauth_provider.models import ClientPolicy, ClientSecret
from oauth_provider.rest_framework.testing import run_code_flow
from oauth_provider.testing import create_client
from tests.driver import INTROSPECT, TOKEN, post
from tests.each import each
from tests.factories import CALLBACK, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2")]

REDIRECTS = {"web": CALLBACK, "browser": CALLBACK, "native": "http://127.0.0.1/cb", "mcp": "http://127.0.0.1/cb"}


@each("kind", REDIRECTS)
def test_a_client_with_a_redirect_uri_goes_through_a_whole_flow(kind: str) -> None:
    created = create_client(kind, redirect_uris=REDIRECTS[kind], scopes="notes:read")
    assert bool(created.client_secret) == (not KINDS[kind].is_public)
    tokens = run_code_flow(created.application, UserFactory(), scope="notes:read", client_secret=created.client_secret)
    assert tokens["scope"] == "notes:read"


def test_a_service_gets_a_token_and_an_api_asks_what_it_is_worth(client: Any) -> None:
    service, api = create_client("service", scopes=["notes:read"]), create_client("api", name="Notes API")
    form = {"client_id": service.client_id, "client_secret": service.client_secret}
    token = post(client, TOKEN, {**form, "grant_type": "client_credentials", "scope": "notes:read"}).json()
    form = {"client_id": api.client_id, "client_secret": api.client_secret}
    assert post(client, INTROSPECT, {**form, "token": token["access_token"]}).json()["active"] is True
    assert post(client, TOKEN, {**form, "grant_type": "client_credentials"}).json()["error"] == "unauthorized_client"


def test_without_scopes_a_client_may_ask_for_every_one() -> None:
    create_client("service")
    assert ClientPolicy.objects.get().scopes is None


def test_what_is_given_twice_is_registered_once() -> None:
    created = create_client("web", redirect_uris=[CALLBACK, CALLBACK], scopes="notes:read notes:read")
    assert created.application.redirect_uris == CALLBACK
    assert ClientPolicy.objects.get().scopes == ["notes:read"]


def test_further_metadata_goes_along() -> None:
    create_client("service", access_token_lifetime=60, status="suspended")
    policy = ClientPolicy.objects.get()
    assert (policy.access_token_lifetime, policy.is_suspended) == (60, True)


def test_one_secret_is_made_and_none_for_dot() -> None:
    created = create_client("service")
    assert ClientSecret.objects.count() == 1
    assert created.client_secret not in repr(created)
    assert created.client_secret.startswith("ocs_")


@pytest.mark.parametrize("arguments", [{"kind": "web"}, {"kind": "service", "redirect_uris": CALLBACK}])
def test_the_rules_of_the_admin_hold(arguments: dict[str, str]) -> None:
    with pytest.raises(MetadataRefused, match="redirect_uris"):
        create_client(**arguments)


@pytest.mark.parametrize("name", ["", "  "])
def test_a_client_has_a_name(name: str) -> None:
    with pytest.raises(MetadataRefused, match="client_name: Give it a name"):
        create_client("service", name=name)


def test_another_kind_is_told_of_the_kinds_there_are() -> None:
    with pytest.raises(ValueError, match="native"):
        create_client("robot")


def test_it_needs_no_drf() -> None:
    program = (
        "import django, sys; django.setup(); kits = ('rest_framework', 'oauth_provider.rest_framework')\n"
        "for name in [name for name in sys.modules if name.startswith(kits)]: del sys.modules[name]\n"
        "import oauth_provider.testing\n"
        "print([name for name in sys.modules if name.startswith(kits)])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
