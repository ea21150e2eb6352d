"""The door of registration (RFC 7591 §3): closed until the settings open it, then open to programs anywhere."""

from typing import Any

import pytest

from oauth_provider.dot.names import application_model
from tests import ledger
from tests.driver import METADATA
from tests.each import each
from tests.registrar import REGISTER, Registrar

pytestmark = pytest.mark.django_db


@pytest.mark.spec("RFC 7591", "3")
@pytest.mark.spec("RFC 8414", "2")
def test_a_closed_door_is_neither_advertised_nor_there(registrar: Registrar, settings: Any) -> None:
    assert registrar.browser.get(METADATA).json()["registration_endpoint"] == f"https://auth.example.com{REGISTER}"
    made = registrar.made()
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {}}
    assert "registration_endpoint" not in registrar.browser.get(METADATA).json()
    with ledger.unchanged():
        response = registrar.post()
        assert (response.status_code, response.json()) == (404, {"error": "not_found"})
        assert registrar.put(made, client_name="Album").status_code == 400
    assert registrar.manage("GET", made).json()["client_name"] == "Photo Book"
    assert registrar.manage("DELETE", made).status_code == 204


@each("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_registers(registrar: Registrar, method: str) -> None:
    response = registrar.send(method, REGISTER, registrar.metadata)
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.spec("Fetch", "3.2")
def test_a_script_on_any_page_may_register_itself_and_go_on_with_tokens(registrar: Registrar) -> None:
    origin = "http://localhost:6274"
    preflight = registrar.send(
        "OPTIONS", REGISTER, Origin=origin, **{"Access-Control-Request-Headers": "content-type, authorization"}
    )
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, "*")
    assert "content-type" in preflight["Access-Control-Allow-Headers"].lower()
    document = registrar.metadata | {"redirect_uris": [f"{origin}/callback"]}
    response = registrar.send("POST", REGISTER, document, Origin=origin)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert application_model().objects.get().allowed_origins == origin
