"""Userinfo (OpenID Connect Core §5.3): what a token tells about a person, how it is asked, and who is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.protocol import jws
from oauth_provider.tokens.claims import ClaimContext
from oauth_provider.tokens.key_ring import key_ring
from tests import ledger
from tests.claims import adding
from tests.driver import USERINFO, Driver, post, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "5.3")]

ORIGIN = "https://app.example.com"
ANN = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "username": "ann"}


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(UserFactory(**ANN), allowed_origins=ORIGIN, policy={})
    driver.scope = "openid profile email address phone notes:read"
    return driver


def ask(token: str, method: str = "GET", path: str = USERINFO, **headers: str) -> Any:
    return Browser().generic(method, path, headers={"Authorization": f"Bearer {token}", **headers})


def refused(response: Any, status: int, error: str) -> None:
    ledger.refused(response, error, status)
    assert response["WWW-Authenticate"].startswith("Bearer realm=")
    assert f'error="{error}"' in response["WWW-Authenticate"]


def access_token(driver: Driver, scope: str = "openid profile email") -> str:
    return str(driver.redeem(driver.code(scope=scope)).json()["access_token"])


# -- what is told ----------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "5.4")
@each(
    ("scope", "told"),
    [
        ("openid", {}),
        (
            "openid profile",
            {"name": "Ann Lee", "given_name": "Ann", "family_name": "Lee", "preferred_username": "ann"},
        ),
        ("openid email", {"email": "ann@example.com", "email_verified": False}),
        ("openid phone address", {}),
        ("openid notes:read", {}),
    ],
)
def test_each_scope_releases_its_claims_and_no_other(driver: Driver, scope: str, told: dict[str, Any]) -> None:
    response = ask(access_token(driver, scope))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == told | {"sub": str(Authorization.objects.get().user_id)}


@pytest.mark.spec("OIDC Core", "5.3.2")
def test_what_is_not_known_is_left_out(driver: Driver) -> None:
    driver.sign_in(UserFactory(username="bo", first_name="", last_name="", email=""))
    assert set(ask(access_token(driver)).json()) == {"sub", "preferred_username"}


def test_a_project_adds_and_replaces_claims(driver: Driver) -> None:
    seen: list[ClaimContext] = []

    def address(user: Any, context: ClaimContext) -> Any:
        seen.append(context)
        return {"locality": "Oslo"}

    with adding("address", "address", address), adding("email_verified", "email", lambda user, context: True):
        told = ask(access_token(driver, "openid email address")).json()
    assert (told["address"], told["email_verified"]) == ({"locality": "Oslo"}, True)
    assert seen == [ClaimContext(driver.application.client_id, ("openid", "email", "address"))]


def test_a_claim_for_a_scope_that_was_not_granted_is_not_even_computed(driver: Driver) -> None:
    def fail(user: Any, context: ClaimContext) -> Any:
        raise AssertionError

    with adding("phone_number", "phone", fail):
        assert "phone_number" not in ask(access_token(driver)).json()


def test_what_a_refresh_left_out_is_told_no_more(driver: Driver) -> None:
    tokens = driver.redeem(driver.code()).json()
    narrowed = driver.refresh(tokens["refresh_token"], scope="openid email").json()
    assert set(ask(narrowed["access_token"]).json()) == {"sub", "email", "email_verified"}


# -- how it is asked -------------------------------------------------------------------------------------------


@each("path", [USERINFO, f"{USERINFO}/"])
@each("method", ["GET", "POST"])
def test_by_get_and_post_with_a_header(driver: Driver, method: str, path: str) -> None:
    response = ask(access_token(driver), method, path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.spec("RFC 9110", "11.1")
@each("scheme", ["bearer", "BEARER", "bEARER"])
def test_the_scheme_is_read_in_any_case(driver: Driver, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {access_token(driver)}"}
    assert Browser().get(USERINFO, headers=headers).status_code == 200


@pytest.mark.spec("RFC 6750", "2.2")
def test_by_post_with_a_form(driver: Driver) -> None:
    assert post(Browser(), USERINFO, {"access_token": access_token(driver)}).json()["name"] == "Ann Lee"


@pytest.mark.spec("RFC 9700", "4.3.2")
@each("method", ["GET", "POST"])
@each("with_header", [True, False])
def test_never_by_a_url(driver: Driver, method: str, with_header: bool) -> None:
    token = access_token(driver)
    headers = {"Authorization": f"Bearer {token}"} if with_header else {}
    response = Browser().generic(method, f"{USERINFO}?access_token={token}", headers=headers)
    refused(response, 400, "invalid_request")


@pytest.mark.spec("RFC 6750", "2")
def test_two_tokens_are_one_too_many(driver: Driver) -> None:
    token = access_token(driver)
    response = post(Browser(), USERINFO, {"access_token": token}, Authorization=f"Bearer {token}")
    refused(response, 400, "invalid_request")
    refused(post(Browser(), USERINFO, f"access_token={token}&access_token={token}"), 400, "invalid_request")


def test_a_form_is_read_from_a_post_alone(driver: Driver) -> None:
    body = f"access_token={access_token(driver)}"
    content_type = "application/x-www-form-urlencoded"
    assert Browser().generic("GET", USERINFO, body, content_type=content_type).status_code == 401
    for other in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
        assert Browser().generic("POST", USERINFO, body, content_type=other).status_code == 401


@each("method", ["PUT", "DELETE", "PATCH", "ET", "S"])
def test_no_other_method(driver: Driver, method: str) -> None:
    response = ask(access_token(driver), method)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


# -- who is refused --------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 6750", "3.1")
@each("authorization", ["", "Basic dXNlcjpwYXNz", "DPoP token"])
def test_without_a_token_one_is_asked_for(authorization: str) -> None:
    response = Browser().get(USERINFO, headers={"Authorization": authorization} if authorization else {})
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="oauth"')


@pytest.mark.spec("RFC 6750", "3.1")
@each("token", ["nonsense", "oat_broken", "x" * 9000, "a.b.c", "%00", "=", "oat_" + "a" * 49])
def test_a_bad_token_is_refused(token: str) -> None:
    refused(ask(token), 401, "invalid_token")


@pytest.mark.spec("RFC 6750", "3.1")
def test_a_malformed_header_is_refused() -> None:
    refused(Browser().get(USERINFO, headers={"Authorization": "Bearer"}), 400, "invalid_request")


def test_other_tokens_of_ours_are_refused(driver: Driver) -> None:
    tokens = driver.redeem(driver.code()).json()
    for token in (tokens["refresh_token"], tokens["id_token"], driver.code(), driver.application.secret):
        refused(ask(token), 401, "invalid_token")


def test_a_token_without_openid_is_refused(driver: Driver) -> None:
    response = ask(access_token(driver, "profile email"))
    refused(response, 403, "insufficient_scope")
    assert 'scope="openid"' in response["WWW-Authenticate"]


@pytest.mark.spec("RFC 9700", "4.15")
def test_a_client_that_acts_for_itself_is_nobody() -> None:
    service = Driver(ApplicationFactory(service=True))
    issued = service.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    refused(ask(issued), 403, "insufficient_scope")
    access_token_model().objects.update(scope="openid")  # as a token of DOT's may have
    refused(ask(issued), 401, "invalid_token")


def test_what_has_ended_is_refused(driver: Driver) -> None:
    token = access_token(driver)
    for model, change in (
        (access_token_model(), {"expires": timezone.now() - timedelta(seconds=1)}),
        (Authorization, {"revoked_at": timezone.now()}),
        (TokenBinding, {"cnf": {"jkt": "thumbprint"}}),
        (access_token_model(), {"resource": ["https://api.example.com"]}),
        (ClientPolicy, {"status": ClientPolicy.Status.SUSPENDED}),
        (type(UserFactory()), {"is_active": False}),
    ):
        before = list(model.objects.values("pk", *change))
        model.objects.update(**change)
        refused(ask(token), 401, "invalid_token")
        for row in before:
            model.objects.filter(pk=row.pop("pk")).update(**row)
    assert ask(token).status_code == 200


@pytest.mark.spec("RFC 8707", "2")
def test_a_token_for_this_very_server_is_taken(driver: Driver) -> None:
    token = access_token(driver)
    access_token_model().objects.update(resource=["https://auth.example.com"])
    assert ask(token).status_code == 200


# -- signed ----------------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "5.3.2")
@pytest.mark.parametrize("alg", ["RS256", "EdDSA"])
def test_it_is_signed_for_a_client_that_wants_it(driver: Driver, alg: str) -> None:
    ClientPolicy.objects.update(userinfo_signed_response_alg=alg)
    response = ask(access_token(driver, "openid email"))
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/jwt", "no-store")
    claims = jws.verify(response.content.decode(), key_ring().published, algorithms=[alg]).claims
    assert claims == {
        "iss": "https://auth.example.com",
        "aud": driver.application.client_id,
        "sub": str(Authorization.objects.get().user_id),
        "email": "ann@example.com",
        "email_verified": False,
    }


# -- who may read it -------------------------------------------------------------------------------------------


@pytest.mark.spec("Fetch", "3.2")
@each(("origin", "allowed"), [(ORIGIN, True), ("https://evil.example.com", False), ("null", False)])
def test_a_clients_own_scripts_may_read_it(driver: Driver, origin: str, allowed: bool) -> None:
    for response in (
        ask(access_token(driver), Origin=origin),
        ask("nonsense", Origin=origin),
        Browser().options(USERINFO, headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
    ):
        assert response.has_header("Access-Control-Allow-Origin") is allowed
        assert "Origin" in response["Vary"]


def test_it_costs_one_statement(driver: Driver, django_assert_num_queries: Any) -> None:
    token = access_token(driver)
    ask(token)
    with django_assert_num_queries(1):
        assert ask(token, Origin=ORIGIN).status_code == 200
