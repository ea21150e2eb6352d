"""The conformance suite's modules on userinfo and claims (OpenID Connect Core §5), over HTTP."""

from contextlib import ExitStack
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.claims import adding
from tests.conformance.relying_party import TIMEOUT, RelyingParty
from tests.conformance.test_id_token import PROTOCOL
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)

# What a project knows of its people beyond what Django does.
KNOWN: dict[str, tuple[str, Any]] = {
    "updated_at": ("profile", 1_700_000_000),
    "email_verified": ("email", True),
    "address": ("address", {"locality": "Oslo", "country": "Norway"}),
    "phone_number": ("phone", "+47 22 22 22 22"),
    "phone_number_verified": ("phone", False),
}
NAMES = {"name": "Ann Lee", "given_name": "Ann", "family_name": "Lee"}
SCOPES: dict[str, dict[str, Any]] = {
    "profile": {**NAMES, "updated_at": 1_700_000_000},
    "email": {"email": "ann@example.com", "email_verified": True},
    "address": {"address": {"locality": "Oslo", "country": "Norway"}},
    "phone": {"phone_number": "+47 22 22 22 22", "phone_number_verified": False},
}


@pytest.fixture(autouse=True)
def _known() -> Any:

    with ExitStack() as stack:
        for name, (scope, value) in KNOWN.items():
            stack.enter_context(adding(name, scope, lambda user, context, value=value: value))
        yield


def about_a_person(relying_party: RelyingParty, tokens: dict[str, Any]) -> dict[str, Any]:
    """What the ID token says beyond the protocol."""
    claims = relying_party.claims_of(tokens["id_token"])
    return {name: value for name, value in claims.items() if name not in PROTOCOL}


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("GET", marks=pytest.mark.spec("OIDF", "oidcc-userinfo-get")),
        pytest.param("POST", marks=pytest.mark.spec("OIDF", "oidcc-userinfo-post-header")),
    ],
)
def test_userinfo_is_asked_with_a_header(relying_party: RelyingParty, method: str) -> None:
    tokens = relying_party.sign_in("openid profile email")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    url = relying_party.configuration["userinfo_endpoint"]
    response = requests.request(method, url, headers=headers, timeout=TIMEOUT)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.headers["Cache-Control"] == "no-store"
    told = response.json()
    assert told["sub"] == relying_party.claims_of(tokens["id_token"])["sub"]
    assert type(told["updated_at"]) is int
    assert type(told["email_verified"]) is bool


@pytest.mark.spec("OIDF", "oidcc-userinfo-post-body")
def test_userinfo_is_asked_with_a_form_and_never_with_a_url(relying_party: RelyingParty) -> None:
    token = {"access_token": relying_party.sign_in()["access_token"]}
    url = relying_party.configuration["userinfo_endpoint"]
    assert requests.post(url, data=token, timeout=TIMEOUT).status_code == 200
    for method in ("GET", "POST"):
        response = requests.request(method, url, params=token, timeout=TIMEOUT)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "scopes",
    [
        *[pytest.param([name], marks=pytest.mark.spec("OIDF", f"oidcc-scope-{name}")) for name in SCOPES],
        pytest.param(list(SCOPES), marks=pytest.mark.spec("OIDF", "oidcc-scope-all")),
    ],
    ids="-".join,
)
def test_a_scopes_claims_come_from_userinfo_alone(relying_party: RelyingParty, scopes: list[str]) -> None:
    tokens = relying_party.sign_in(" ".join(["openid", *scopes]))
    told = relying_party.userinfo(tokens)
    expected = {name: value for scope in scopes for name, value in SCOPES[scope].items()}
    del told["sub"]
    told.pop("preferred_username", None)
    assert told == expected
    assert about_a_person(relying_party, tokens) == {}


@pytest.mark.spec("OIDF", "oidcc-claims-essential")
def test_an_essential_claim_arrives_where_it_was_asked_for(relying_party: RelyingParty) -> None:
    tokens = relying_party.sign_in("openid profile", claims={"userinfo": {"name": {"essential": True}}})
    assert relying_party.userinfo(tokens)["name"] == "Ann Lee"
    assert about_a_person(relying_party, tokens) == {}


@pytest.mark.spec("OIDF", "oidcc-claims-essential")
def test_an_essential_claim_that_nobody_consented_to_is_no_error_and_not_there(relying_party: RelyingParty) -> None:
    tokens = relying_party.sign_in("openid", claims={"userinfo": {"name": {"essential": True}}})
    assert set(relying_party.userinfo(tokens)) == {"sub"}


@pytest.mark.spec("OIDF", "fapi2-security-profile-final-test-claims-parameter-identity-claims")
@pytest.mark.spec("OIDF", "fapi2-security-profile-id2-test-claims-parameter-identity-claims")
def test_claims_arrive_exactly_where_they_were_named(relying_party: RelyingParty) -> None:
    scope = "openid profile email"
    asked = {"userinfo": {"given_name": None, "unknown": None}, "id_token": {"family_name": None, "unknown": None}}
    with adding("birthdate", "profile", lambda user, context: "1970-01-01", only_if_asked=True):
        tokens = relying_party.sign_in(scope, claims={**asked, "id_token": {**asked["id_token"], "birthdate": None}})
        told = relying_party.userinfo(tokens)
    assert about_a_person(relying_party, tokens) == {"family_name": "Lee", "birthdate": "1970-01-01"}
    assert told["given_name"] == "Ann"
    assert not {"unknown", "birthdate"} & set(told)


@pytest.mark.spec(
    "OIDF", "fapi2-security-profile-final-australia-connectid-test-claims-parameter-idtoken-identity-claims"
)
@pytest.mark.spec(
    "OIDF", "fapi2-security-profile-id2-australia-connectid-test-claims-parameter-idtoken-identity-claims"
)
def test_all_advertised_claims_can_be_had_in_the_id_token_and_no_others(relying_party: RelyingParty) -> None:
    advertised = relying_party.configuration["claims_supported"]
    scope = " ".join(["openid", *SCOPES])
    tokens = relying_party.sign_in(scope, claims={"id_token": dict.fromkeys([*advertised, "other"])})
    assert set(advertised) <= set(relying_party.claims_of(tokens["id_token"])) <= {*PROTOCOL, *advertised}


@pytest.mark.spec("OIDF", "fapi2-security-profile-final-access-token-type-header-case-sensitivity")
@pytest.mark.spec("OIDF", "fapi2-security-profile-id2-access-token-type-header-case-sensitivity")
@pytest.mark.parametrize("scheme", ["bEARER", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(relying_party: RelyingParty, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {relying_party.sign_in()['access_token']}"}
    url = relying_party.configuration["userinfo_endpoint"]
    assert requests.get(url, headers=headers, timeout=TIMEOUT).status_code == 200


@pytest.mark.spec("OIDF", "oidcc-userinfo-rs256")
def test_it_is_signed_for_a_client_that_registered_for_it(server: str, user: Any) -> None:
    application = ApplicationFactory(policy={"userinfo_signed_response_alg": "RS256"})
    relying_party = RelyingParty(server, application.client_id, application.secret, user.username)
    assert "RS256" in relying_party.configuration["userinfo_signing_alg_values_supported"]
    tokens = relying_party.sign_in("openid email")
    response = relying_party.ask_userinfo(tokens)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/jwt")
    token = jwt.decode(response.text, KeySet.import_key_set(relying_party.keys()), algorithms=["RS256"])
    assert (token.claims["iss"], token.claims["aud"]) == (server, application.client_id)
    assert token.claims["sub"] == relying_party.claims_of(tokens["id_token"])["sub"]
    assert token.claims["email"] == "ann@example.com"
    assert "nonce" not in token.claims
