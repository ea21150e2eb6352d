"""The photos service of the demo, over real HTTP: no database, and guarded by the tokens of the provider."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.demo.fleet import Fleet, free_ports, metadata_of, photos_alone
from tests.demo.server import ROOT
from tests.demo.visitor import Visitor

pytestmark = pytest.mark.xdist_group("fleet")

SEPARABLE = (
    "oauth_provider.resource_server",
    "oauth_provider.rest_framework",
    "oauth_provider.protocol",
    "oauth_provider.fetch",
    "oauth_provider.resolver",
)


@pytest.fixture(scope="module")
def visitor(fleet: Fleet) -> Visitor:
    """Somebody who looks at the demo."""
    return fleet.visitor()


@pytest.fixture(scope="module")
def token(visitor: Visitor) -> str:
    """A token for seeing photos, and for nothing else."""
    return visitor.allow("photos:read")


def challenge(answer: requests.Response) -> str:
    """What the answer asks for."""
    return answer.headers.get("WWW-Authenticate", "")


# -- what it answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/photos/", "/photos/album"])
def test_a_token_of_the_provider_opens_what_its_scope_says(fleet: Fleet, token: str, path: str) -> None:
    """A view of DRF and one of Django."""
    answer = fleet.call(token, path)

    assert answer.status_code == 200
    assert "The harbour at six" in answer.text


def test_the_service_knows_by_sub_whose_token_it_is(fleet: Fleet, token: str, visitor: Visitor) -> None:
    """It has no table of users."""
    client = fleet.described["clients"]["photos"]
    members = requests.post(
        f"{fleet.described['issuer']}/oauth/introspect",
        data={"token": token},
        auth=(client["client_id"], client["client_secret"]),
        timeout=10,
    ).json()

    assert fleet.call(token).json()["owner"] == members["sub"]


@pytest.mark.spec("RFC 6750", "3")
@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/photos/", "photos:read"),
        ("GET", "/photos/album", "photos:read"),
        ("POST", "/photos/snow/print", "photos:print"),
    ],
)
def test_a_call_without_a_token_is_told_where_to_get_one(fleet: Fleet, method: str, path: str, scope: str) -> None:
    """401, without an error, with the scope and the metadata."""
    answer = fleet.call("", path, method)

    assert answer.status_code == 401
    assert challenge(answer).startswith(f'Bearer realm="api", scope="{scope}"')
    assert f'resource_metadata="{metadata_of(fleet.resource)}"' in challenge(answer)


@pytest.mark.spec("RFC 6750", "3.1")
def test_seeing_is_not_printing(fleet: Fleet, token: str) -> None:
    """403 insufficient_scope."""
    answer = fleet.call(token, "/photos/snow/print", "POST")

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert 'scope="photos:print"' in challenge(answer)


@pytest.mark.parametrize("path", ["/photos/", "/photos/album"])
@pytest.mark.parametrize("bad", ["unknown", "oat_x", "x" * 9000, "oac_" + "a" * 49, "%00", "é"])
def test_what_is_no_token_opens_nothing(fleet: Fleet, path: str, bad: str) -> None:
    """401, never 500."""
    answer = fleet.call("", path, headers={"Authorization": f"Bearer {bad}".encode()})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.spec("RFC 6750", "2.3")
def test_a_token_in_the_address_is_refused(fleet: Fleet, token: str) -> None:
    """It would stand in logs."""
    assert fleet.call("", f"/photos/?access_token={token}").status_code == 400


def test_a_token_of_an_app_alone_is_nobodys(fleet: Fleet, visitor: Visitor) -> None:
    """The app may not even ask for the scope."""
    token = visitor.token("service", grant_type="client_credentials", scope="notes:read")

    assert fleet.call(token).status_code == 403


# -- audience ------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8707", "2")
def test_a_token_for_another_resource_opens_nothing_here(fleet: Fleet, visitor: Visitor) -> None:
    """Neither the notes' nor the assistants', whatever its scope."""
    for resource in (f"{fleet.described['issuer']}/api/notes", fleet.assistant):
        token = visitor.allow("notes:read", resource=resource)
        answer = fleet.call(token)

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.spec("RFC 8707", "2")
def test_a_token_for_the_photos_opens_them_and_not_the_notes(fleet: Fleet, visitor: Visitor) -> None:
    """And a scope of the photos is not given for the notes."""
    token = visitor.allow("photos:read", resource=fleet.resource)

    assert fleet.call(token).status_code == 200
    assert visitor.call("GET", token).status_code == 401
    with pytest.raises((AssertionError, KeyError)):
        visitor.allow("photos:read", resource=f"{fleet.described['issuer']}/api/notes")


# -- what was agreed to in full ------------------------------------------------------------------------------

ORDER = {"type": "photo_print", "identifier": "snow", "copies": 2, "size": "20x30"}


def agreed(visitor: Visitor, *details: dict[str, Any], **parameters: str) -> dict[str, Any]:
    """The token response to somebody who agreed to these and to no scope."""
    return visitor.tokens("", authorization_details=json.dumps(details), **parameters)


@pytest.mark.spec("RFC 9396", "9.2")
def test_an_order_that_was_agreed_to_is_carried_out_as_it_was_shown(fleet: Fleet, visitor: Visitor) -> None:
    """Whatever the caller says beside it."""
    tokens = agreed(visitor, {**ORDER, "locations": [fleet.resource]}, resource=fleet.resource)
    assert tokens["authorization_details"] == [{**ORDER, "locations": [fleet.resource]}]
    answer = fleet.call(tokens["access_token"], "/photos/snow/order", "POST", json={"copies": 20})

    assert answer.status_code == 201
    assert (answer.json()["print"], answer.json()["copies"], answer.json()["size"]) == ("First snow", 2, "20x30")


@pytest.mark.spec("RFC 9396", "9")
def test_it_is_no_order_of_another_photo_and_opens_nothing_else(fleet: Fleet, visitor: Visitor) -> None:
    """403 each time."""
    token = agreed(visitor, ORDER)["access_token"]
    for method, path in [("POST", "/photos/noor/order"), ("POST", "/photos/snow/print"), ("GET", "/photos/")]:
        answer = fleet.call(token, path, method)
        assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert visitor.call("GET", token).status_code == 403


@pytest.mark.spec("RFC 9396", "9")
def test_no_scope_is_an_order(fleet: Fleet, token: str, visitor: Visitor) -> None:
    """Neither for seeing nor for printing; and without a token one is asked for."""
    for scope in (token, visitor.allow("photos:print")):
        assert fleet.call(scope, "/photos/snow/order", "POST").status_code == 403
    assert fleet.call("", "/photos/snow/order", "POST").status_code == 401


@pytest.mark.spec("RFC 9068", "4")
def test_a_token_for_the_photos_alone_is_a_jwt_that_the_service_verifies(fleet: Fleet, visitor: Visitor) -> None:
    """By the issuer's keys. A forged one opens nothing, and a scope is a scope."""
    token = visitor.allow("photos:read", resource=fleet.resource)
    head, payload, signature = token.split(".")
    answer = fleet.call(token)
    assert (answer.status_code, answer.json()["photos"][0]["name"]) == (200, "harbour")
    for forged in (f"{head}.{payload}.", f"{head}.{payload}.{signature[::-1]}", f"{payload}.{head}.{signature}"):
        refused = fleet.call(forged)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    assert fleet.call(token, "/photos/snow/print", "POST").json()["error"] == "insufficient_scope"


# -- metadata ------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9728", "3")
def test_the_metadata_leads_to_the_provider(fleet: Fleet) -> None:
    """From nothing but the address of the API to the token endpoint."""
    told = challenge(fleet.call("")).partition('resource_metadata="')[2].partition('"')[0]
    members = requests.get(told, timeout=10).json()

    assert members == {
        "resource": fleet.resource,
        "resource_name": "Photos",
        "authorization_servers": [fleet.described["issuer"]],
        "scopes_supported": ["photos:print", "photos:read"],
        "authorization_details_types_supported": ["photo_print"],
        "bearer_methods_supported": ["header"],
    }
    (issuer,) = members["authorization_servers"]
    found = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
    assert found["token_endpoint"].startswith(issuer)
    assert {"photos:read", "photos:print"} <= set(found["scopes_supported"])


def test_the_front_of_the_service_says_what_it_is(fleet: Fleet) -> None:
    """No token is needed for that."""
    assert fleet.call("", "/").json()["resource"] == fleet.resource


# -- the end of a token, the end of the provider -------------------------------------------------------------


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_revoked_token_is_dead_at_the_next_call(fleet: Fleet) -> None:
    """The service asks at each."""
    visitor = fleet.visitor()
    token = visitor.allow("photos:read")
    assert fleet.call(token).status_code == 200
    web = fleet.described["clients"]["web"]
    requests.post(
        f"{fleet.described['issuer']}/oauth/revoke",
        data={"token": token},
        auth=(web["client_id"], web["client_secret"]),
        timeout=10,
    ).raise_for_status()

    answer = fleet.call(token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_while_the_provider_is_down_calls_are_refused_and_not_let_in(fleet: Fleet, tmp_path: Path) -> None:
    """503 with Retry-After, on both kinds of view; who has no token is challenged, and the metadata stays."""
    (nobody,) = free_ports(1)
    with photos_alone(fleet, tmp_path / "log", ISSUER=f"http://127.0.0.1:{nobody}") as place:
        for path in ("/photos/", "/photos/album"):
            answer = requests.get(f"{place}{path}", headers={"Authorization": "Bearer oat_x"}, timeout=10)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert requests.get(f"{place}{path}", timeout=10).status_code == 401
        assert requests.get(metadata_of(f"{place}/photos"), timeout=10).status_code == 200


def test_wrong_credentials_of_the_service_let_nobody_in(fleet: Fleet, token: str, tmp_path: Path) -> None:
    """The provider does not answer it, so nobody knows what the token is worth. The log does not hold it."""
    log = tmp_path / "log"
    with photos_alone(fleet, log, PHOTOS_CLIENT_SECRET="wrong") as place:
        answer = requests.get(f"{place}/photos/", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.status_code == 503

    assert token not in log.read_text()


# -- what it is made of --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def inside(fleet: Fleet) -> dict[str, Any]:
    """What the service imports, and what it has for a database."""
    script = (
        "import json, sys, django; django.setup(); from django.conf import settings; from django.db import connections;"
        "from django.core.management import call_command; import demo_project.photos.urls; call_command('check');"
        "print(json.dumps({'modules': sorted(sys.modules), 'databases': settings.DATABASES['default']['ENGINE']}))"
    )
    environment = {**os.environ, **fleet.demo.environment, "DJANGO_SETTINGS_MODULE": "demo_project.photos.settings"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(run.stdout.splitlines()[-1])


def test_it_has_no_database_to_touch(inside: dict[str, Any]) -> None:
    """Django's dummy raises at the first statement, and nothing above was answered 500."""
    assert inside["databases"] == "django.db.backends.dummy"


def test_it_imports_nothing_of_the_provider(inside: dict[str, Any]) -> None:
    """It could stand on a machine that has the other half alone."""
    foreign = ("oauth2_provider", "oauthlib", "django.contrib.auth.models", "demo_project.seed", "demo_project.notes")
    provider = [name for name in inside["modules"] if name.startswith("oauth_provider.")]

    assert [name for name in inside["modules"] if name.startswith(foreign)] == []
    assert [name for name in provider if not name.startswith(SEPARABLE)] == []
