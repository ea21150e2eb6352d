"""Registration under attack (RFC 7591 §5, RFC 7592 §5): who asks too much, looks like another, or steals a token."""

from typing import Any

import pytest
from django.core.cache import cache

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, DynamicRegistration, InitialAccessToken
from tests import ledger
from tests.each import each
from tests.registrar import REGISTER, Registrar, open_door
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]


def address_of(request: Any) -> str:
    """As behind a proxy that writes this header."""
    return str(request.headers.get("X-Real-IP", ""))


@pytest.fixture
def registrar(settings: Any) -> Registrar:
    cache.clear()
    open_door(settings)
    return Registrar()


@pytest.fixture
def limited(settings: Any) -> Registrar:
    cache.clear()
    open_door(settings, PER_ADDRESS="2/hour", TOTAL=6, SHARED_ADDRESSES={"198.51.100.0/24": "3/hour"})
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CLIENT_ADDRESS": "tests.attacks.test_registration.address_of"}
    return Registrar()


def from_addresses(registrar: Registrar, *addresses: str, **headers: str) -> list[int]:
    named = [{"X-Real-IP": address, **headers} for address in addresses]
    sent = [registrar.send("POST", REGISTER, registrar.metadata, **one) for one in named]
    return [response.status_code for response in sent]


def test_one_address_registers_so_many_and_no_header_of_its_own_makes_it_another(limited: Registrar) -> None:
    assert from_addresses(limited, *["192.0.2.1"] * 3, **{"X-Forwarded-For": "203.0.113.9"}) == [201, 201, 429]
    response = limited.send("POST", REGISTER, limited.metadata, **{"X-Real-IP": "192.0.2.1"})
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "no-store" in response["Cache-Control"]
    assert from_addresses(limited, "192.0.2.2") == [201]


def test_a_whole_network_of_ipv6_is_one_address(limited: Registrar) -> None:
    assert from_addresses(limited, "2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3") == [201, 201, 429]
    assert from_addresses(limited, "::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1") == [201, 201, 429]


def test_many_people_may_come_from_one_shared_network(limited: Registrar) -> None:
    shared = [f"198.51.100.{number}" for number in range(1, 5)]
    assert from_addresses(limited, *shared, "198.51.100.1") == [201, 201, 201, 429, 429]


def test_all_addresses_together_register_so_many(limited: Registrar) -> None:
    codes = from_addresses(limited, *(f"203.0.113.{number}" for number in range(8)))
    assert codes == [201] * 6 + [429] * 2
    assert application_model().objects.count() == 6


def test_who_deletes_what_it_registered_has_not_been_here_less_often(limited: Registrar) -> None:
    document = limited.metadata
    for _ in range(2):
        made = limited.send("POST", REGISTER, document, **{"X-Real-IP": "192.0.2.1"}).json()
        assert limited.manage("DELETE", made).status_code == 204
    assert from_addresses(limited, "192.0.2.1") == [429]


@pytest.mark.spec("RFC 7592", "5")
def test_a_stolen_token_is_of_no_use_after_the_client_has_used_the_next(registrar: Registrar) -> None:
    made = registrar.made()
    newer = registrar.put(made, client_name="Album").json()
    assert registrar.manage("GET", newer).status_code == 200
    with ledger.unchanged():
        for method in ("GET", "PUT", "DELETE"):
            stolen = {**registrar.metadata, "client_id": made["client_id"], "redirect_uris": ["https://evil.example/"]}
            assert registrar.manage(method, made, stolen).status_code == 401


@pytest.mark.spec("RFC 7592", "5")
def test_a_thief_who_updates_locks_the_client_out_which_shows(registrar: Registrar) -> None:
    made = registrar.made()
    theirs = registrar.put(made, redirect_uris=["https://evil.example/"]).json()
    assert registrar.manage("GET", theirs).status_code == 200
    assert registrar.manage("GET", made).status_code == 401


@pytest.mark.spec("RFC 7592", "5")
def test_one_client_changes_no_other(registrar: Registrar) -> None:
    mine, theirs = registrar.made(), registrar.made(client_name="Other")
    evil = {**registrar.metadata, "redirect_uris": ["https://evil.example/"]}
    with ledger.unchanged():
        for named in (mine["client_id"], theirs["client_id"]):
            response = registrar.manage(
                "PUT", theirs, {**evil, "client_id": named}, token=mine["registration_access_token"]
            )
            assert response.status_code == 401
        response = registrar.manage("PUT", mine, {**evil, "client_id": theirs["client_id"]})
        assert response.status_code == 400


@each(
    "member", ["status", "is_public", "may_introspect", "publisher", "verified_host", "pkce_excused_until", "usable_by"]
)
def test_what_an_operator_decides_is_no_member(registrar: Registrar, member: str) -> None:
    made = registrar.made(**{member: "approved"})
    assert member not in made
    assert registrar.put(made, **{member: "approved"}).status_code == 200
    policy = ClientPolicy.objects.get()
    assert (policy.status, policy.may_introspect, policy.publisher, policy.usable_by) == ("unapproved", False, "", "")


@pytest.mark.spec("RFC 9700", "4.7")
@each("name", ["Example Bank", "Examp1e Bank", "EXAMPLE  BANK", "\u0415\u0445ample Bank", "Example\u200bBank"])
def test_a_name_that_looks_like_a_reserved_one_is_refused(settings: Any, name: str) -> None:
    open_door(settings)
    settings.OAUTH_PROVIDER["REGISTRATION"]["RESERVED_NAMES"] = ["Example Bank"]
    with ledger.unchanged():
        response = Registrar().post(client_name=name)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_client_metadata")
    assert "client_name" in response.json()["error_description"]
    made = Registrar().made()
    assert Registrar().put(made, client_name=name).status_code == 400


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_a_client_cannot_first_be_harmless_and_then_a_service(registrar: Registrar, kind: str) -> None:
    # CVE-2026-15572: every change passes the same policy as the creation.
    method = "client_secret_basic" if kind == "confidential" else "none"
    made = registrar.made(token_endpoint_auth_method=method)
    for grant_types in (["client_credentials"], ["authorization_code", "client_credentials"]):
        changes = {"grant_types": grant_types, "token_endpoint_auth_method": "client_secret_basic"}
        with ledger.unchanged():
            response = registrar.put(made, **changes, response_types=["code"] if len(grant_types) > 1 else [])
        assert response.status_code == 400
    assert ClientPolicy.objects.get().grant_types == ["authorization_code"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.spec("RFC 7591", "3")
def test_a_token_for_one_client_makes_one_however_many_ask_at_once(settings: Any) -> None:
    open_door(settings, NEEDS_TOKEN=True)
    _row, token = InitialAccessToken.objects.create_token(uses=1)

    def ask() -> int:
        return int(Registrar().post(token=token).status_code)

    codes = together(*[ask] * 4)
    assert sorted(codes) == [201, 401, 401, 401]
    assert DynamicRegistration.objects.count() == application_model().objects.count() == 1
