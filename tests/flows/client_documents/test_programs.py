"""The programs that people connect, by their documents as they publish them: each gets a token at its first try."""

from typing import Any

import pytest

from oauth_provider.dot.names import application_model
from tests import ledger
from tests.clients.client_assertions import assertion
from tests.documents import PROGRAMS, URL, Network, driver_of, with_keys
from tests.driver import Driver, query_of
from tests.each import each
from tests.factories import UserFactory
from tests.flows.request_objects import jwks

pytestmark = [pytest.mark.django_db, pytest.mark.spec("MCP Authorization", "Client ID Metadata Documents")]

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def code_of(driver: Driver, **changes: Any) -> str:
    driver.sign_in(UserFactory())
    place = driver.authorize(**changes)["Location"]
    return query_of(driver.decide(place)["Location"])["code"]


def proof(driver: Driver, alg: str) -> dict[str, str]:
    return {"client_assertion": assertion(driver, alg), "client_assertion_type": ASSERTION} if alg else {}


@each("name", PROGRAMS)
def test_each_program_connects(network: Network, name: str) -> None:
    program = PROGRAMS[name]
    members = with_keys(program, program.alg) if program.alg else program.members
    network.publish(program.url, **members)
    driver = driver_of(program.url, program.redirect_uri)
    answer = driver.redeem(code_of(driver), **proof(driver, program.alg))
    assert answer.status_code == 200, answer.content
    tokens = answer.json()
    assert ledger.is_good(tokens["access_token"])
    assert driver.refresh(tokens["refresh_token"], **proof(driver, program.alg)).status_code == 200
    row = application_model().objects.get(client_id=program.url)
    assert (row.name, row.client_type) == (program.members["client_name"], "confidential" if program.alg else "public")


@pytest.mark.spec("Client ID Metadata Document", "6.2")
def test_who_can_sign_is_not_spoken_for_without_a_signature(network: Network) -> None:
    """OpenID Connect RP Metadata Choices §2: of several methods, the strongest is taken, and no other."""
    for changes in (
        {"token_endpoint_auth_methods_supported": ["none", "private_key_jwt"]},
        {"token_endpoint_auth_method": "private_key_jwt"},
    ):
        url = f"https://notes.example/{len(changes)}{next(iter(changes))}"
        network.publish(url, jwks=jwks("ES256"), redirect_uris=["https://notes.example/callback"], **changes)
        driver = driver_of(url)
        code = code_of(driver)
        with ledger.unchanged():
            assert driver.redeem(code).status_code == 401
            assert driver.redeem(code, **proof(driver, "RS256")).status_code == 401, "a key of somebody else"
        assert driver.push().status_code == 401
        assert driver.redeem(code, **proof(driver, "ES256")).status_code == 200


@each(
    "changes, method",
    [
        ({"token_endpoint_auth_method": None}, "none"),
        ({"token_endpoint_auth_method": None, "token_endpoint_auth_methods_supported": ["none"]}, "none"),
        ({"token_endpoint_auth_methods_supported": ["client_secret_basic", "none", "tls_client_auth"]}, "none"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt", "none"]}, "none"),  # it has no keys
        ({"scope": "claudeai mcp:everything notes:read", "contacts": ["a@b.example"], "x_other": [1]}, "none"),
        ({"post_logout_redirect_uris": ["https://notes.example/bye"], "software_id": "x"}, "none"),
    ],
)
def test_what_is_for_other_servers_is_left_out(network: Network, changes: dict[str, Any], method: str) -> None:
    network.publish(URL, **changes)
    driver = driver_of(scope="notes:read")
    assert driver.redeem(code_of(driver)).status_code == 200
    assert application_model().objects.get().oauth_policy.token_endpoint_auth_method == method


@each(
    ("redirect_uri", "is_taken"),
    [
        ("example.notes:/callback", True),
        ("example.notes.desktop:/callback", True),
        ("com.bank:/callback", False),
        ("notes.example:/callback", False),
        ("example:/callback", False),
    ],
)
def test_an_app_may_have_the_scheme_of_its_own_domain(network: Network, redirect_uri: str, is_taken: bool) -> None:
    network.publish(URL, redirect_uris=[redirect_uri])
    driver = driver_of(URL, redirect_uri)
    driver.sign_in(UserFactory())
    assert (driver.authorize().status_code == 303) == is_taken


def test_a_logout_neither_leads_nor_is_told_to_another_host(network: Network) -> None:
    elsewhere = ["https://notes.example/bye", "https://evil.example/bye"]
    network.publish(URL, post_logout_redirect_uris=elsewhere, backchannel_logout_uri="https://victim.example/")
    driver = driver_of()
    assert driver.redeem(code_of(driver)).status_code == 200
    row = application_model().objects.get(client_id=URL)
    assert (row.post_logout_redirect_uris, row.oauth_policy.backchannel_logout_uri) == (elsewhere[0], "")
