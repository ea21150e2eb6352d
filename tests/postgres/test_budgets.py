"""What a request costs the database: statements, BEGIN and COMMIT counted, once everything is warm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model, hashers
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import ClientPolicy
from tests import details
from tests.commits import needs_statement
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.postgres.guarded_urls"),
    pytest.mark.xdist_group("connections"),
    needs_statement,
]


@pytest.fixture(autouse=True)
def _no_password_hash(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call of this fixture on, computing a password hash is an error."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a password was hashed")

    def forbid() -> None:
        for name in ("check_password", "make_password", "verify_password"):
            monkeypatch.setattr(hashers, name, refuse)
        monkeypatch.setattr("oauth_provider.clients.authentication.secret.check_password", refuse)
        for hasher in hashers.get_hashers():
            monkeypatch.setattr(type(hasher), "encode", refuse)
            monkeypatch.setattr(type(hasher), "verify", refuse)

    return forbid


@pytest.fixture
def driver(_no_password_hash: Callable[[], None]) -> Driver:
    """A client that has all grants, with its user, warmed up by one whole flow."""
    grant_types = ["authorization_code", "refresh_token", "client_credentials"]
    driver = Driver(ApplicationFactory(policy={"grant_types": grant_types, "may_introspect": True}))
    driver.sign_in(UserFactory())
    _no_password_hash()
    tokens = driver.tokens()
    tokens = driver.refresh(tokens["refresh_token"]).json()
    driver.token(grant_type="client_credentials", scope="notes:read")
    call(tokens["access_token"])
    driver.revoke(tokens["access_token"])
    return driver


@contextmanager
def costing_at_most(budget: int) -> Iterator[None]:
    """Fails with the statements where there are more than ``budget``."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured.captured_queries]
    assert len(statements) <= budget, "\n".join(statements)


def call(access_token: str) -> Any:
    return Browser().get("/guarded", headers={"Authorization": f"Bearer {access_token}"})


def test_begin_and_commit_are_counted() -> None:
    """Or the budgets below would be two too generous."""
    from django.db import transaction

    with CaptureQueriesContext(connection) as captured, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert [query["sql"] for query in captured.captured_queries] == ["BEGIN", "SELECT 1", "COMMIT"]


def test_an_api_call_for_a_user_costs_one_statement(driver: Driver) -> None:
    access_token = driver.tokens()["access_token"]
    with costing_at_most(1):
        response = call(access_token)
    assert (response.status_code, response.json()["client"]) == (200, driver.application.client_id)


def test_the_row_of_the_client_costs_another_where_it_is_read(driver: Driver) -> None:
    access_token = driver.tokens()["access_token"]
    with costing_at_most(2):
        response = Browser().get("/application", headers={"Authorization": f"Bearer {access_token}"})
    assert response.json()["clients"] == [driver.application.name] * 2


@pytest.mark.parametrize("place", ["/declared", "/function"])
@pytest.mark.parametrize("is_superuser", [False, True])
def test_neither_declarations_nor_sign_ins_nor_masked_users_cost_another(
    driver: Driver, place: str, is_superuser: bool
) -> None:
    get_user_model().objects.update(is_superuser=is_superuser)
    access_token = driver.tokens()["access_token"]
    with costing_at_most(1):
        response = Browser().get(place, headers={"Authorization": f"Bearer {access_token}"})
    assert (response.status_code, response.json()["client"]) == (200, driver.application.client_id)


def test_an_api_call_by_a_client_for_itself_costs_one_statement(driver: Driver) -> None:
    issued = driver.token(grant_type="client_credentials", scope="notes:read").json()
    with costing_at_most(1):
        response = call(issued["access_token"])
    assert response.status_code == 200


def test_a_refused_api_call_costs_one_statement(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.revoke(tokens["refresh_token"])
    with costing_at_most(1):
        response = call(tokens["access_token"])
    assert response.status_code == 401


def test_a_client_that_was_changed_costs_another_statement_once(driver: Driver) -> None:
    for budget in (1, 3, 1):
        if budget == 3:
            ClientPolicy.objects.filter(application=driver.application).update(scopes=["notes:read"])
        with costing_at_most(budget):
            assert driver.token(grant_type="client_credentials", scope="notes:read").status_code == 200


def test_a_malformed_token_costs_nothing(driver: Driver) -> None:
    access_token = driver.tokens()["access_token"]
    with costing_at_most(0):
        response = call(access_token[:-1] + ("a" if access_token[-1] != "a" else "b"))
    assert response.status_code == 401


@pytest.fixture
def detailed(driver: Driver, settings: Any) -> Driver:
    """The same client, which may ask for a type of authorization details."""
    details.register(settings)
    ClientPolicy.objects.filter(application=driver.application).update(authorization_details_types=["account"])
    return driver


def test_details_cost_a_statement_more(detailed: Driver) -> None:
    asked = {"authorization_details": details.said(details.READ)}
    detailed.redeem(detailed.code(**asked), **asked)
    code = detailed.code(**asked)
    with costing_at_most(3):  # a client that has details is not remembered
        tokens = detailed.redeem(code, **asked).json()
    with costing_at_most(3):
        refreshed = detailed.refresh(tokens["refresh_token"], **asked).json()
    with costing_at_most(1):
        response = Browser().get("/detailed", headers={"Authorization": f"Bearer {refreshed['access_token']}"})
    assert response.status_code == 200
    with costing_at_most(2):
        assert detailed.introspect(refreshed["access_token"]).json()["authorization_details"] == [details.READ]


def test_details_of_a_clients_own_cost_a_row_and_its_transaction(detailed: Driver) -> None:
    asked = {"authorization_details": details.said(details.READ)}
    with costing_at_most(6):
        response = detailed.token(grant_type="client_credentials", **asked)
    assert response.status_code == 200


def test_client_credentials_cost_one_statement(driver: Driver) -> None:
    with costing_at_most(1):
        response = driver.token(grant_type="client_credentials", scope="notes:read")
    assert response.status_code == 200


def test_redeeming_a_code_costs_two_statements(driver: Driver) -> None:
    code = driver.code()
    with costing_at_most(2):
        response = driver.redeem(code)
    assert response.status_code == 200


def test_a_refresh_costs_two_statements(driver: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    with costing_at_most(2):
        response = driver.refresh(refresh_token)
    assert response.status_code == 200


def test_repeating_a_refresh_costs_two_statements(driver: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    first = driver.refresh(refresh_token).json()
    with costing_at_most(2):
        again = driver.refresh(refresh_token).json()
    assert again["access_token"] == first["access_token"]


@pytest.fixture
def openid(driver: Driver, settings: Any) -> Driver:
    """The same client asking who somebody is, with keys in the database that this process knows already."""
    without = {name: value for name, value in settings.OAUTH_PROVIDER.items() if name != "SIGNING_KEYS"}
    settings.OAUTH_PROVIDER = {**without, "SIGNING_ALGORITHMS": ["RS256"]}
    driver.scope = "openid email notes:read"
    driver.tokens()
    return driver


def test_redeeming_a_code_with_openid_costs_no_more(openid: Driver) -> None:
    code = openid.code()
    with costing_at_most(2):
        response = openid.redeem(code)
    assert response.json()["id_token"]


def test_a_refresh_with_openid_costs_no_more(openid: Driver) -> None:
    refresh_token = openid.tokens()["refresh_token"]
    for _first_and_again in range(2):
        with costing_at_most(2):
            response = openid.refresh(refresh_token)
        assert response.json()["id_token"]


def test_userinfo_costs_one_statement(openid: Driver) -> None:
    access_token = openid.tokens()["access_token"]
    with costing_at_most(1):
        response = Browser().get("/oauth/userinfo", headers={"Authorization": f"Bearer {access_token}"})
    assert response.json()["sub"]


@pytest.mark.parametrize(("kind", "budget"), [("access_token", 1), ("refresh_token", 2)])
def test_introspection_costs_a_statement_or_two(driver: Driver, kind: str, budget: int) -> None:
    token = driver.tokens()[kind]
    with costing_at_most(budget):
        response = driver.introspect(token)
    assert response.json()["active"] is True


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revocation_costs_five_statements(driver: Driver, kind: str) -> None:
    tokens = driver.tokens()
    with costing_at_most(5):
        response = driver.revoke(tokens[kind])
    assert response.status_code == 200
    assert call(tokens["access_token"]).status_code == 401


def test_revoking_a_clients_own_token_costs_three_statements(driver: Driver) -> None:
    token = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    with costing_at_most(3):
        response = driver.revoke(token)
    assert response.status_code == 200
    assert call(token).status_code == 401


@pytest.fixture
def jwt(driver: Driver) -> Driver:
    """The same client with access tokens that are JWTs."""
    policy = driver.application.oauth_policy
    policy.access_token_format = "jwt"
    policy.save()
    call(driver.tokens()["access_token"])
    call(driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"])
    return driver


def test_an_api_call_with_a_jwt_costs_one_statement(jwt: Driver) -> None:
    tokens, own = jwt.tokens(), jwt.token(grant_type="client_credentials", scope="notes:read").json()
    for issued in (tokens, own):
        with costing_at_most(1):
            response = call(issued["access_token"])
        assert (response.status_code, response.json()["client"]) == (200, jwt.application.client_id)
    jwt.revoke(tokens["access_token"])
    with costing_at_most(1):
        assert call(tokens["access_token"]).status_code == 401


def test_a_jwt_costs_less_than_its_row_would(jwt: Driver) -> None:
    with costing_at_most(1):
        assert jwt.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    code = jwt.code()
    with costing_at_most(2):
        tokens = jwt.redeem(code).json()
    with costing_at_most(2):
        tokens = jwt.refresh(tokens["refresh_token"]).json()
    with costing_at_most(2):
        assert jwt.introspect(tokens["access_token"]).json()["active"] is True
    with costing_at_most(5):
        assert jwt.revoke(tokens["access_token"]).status_code == 200
    own = jwt.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    with costing_at_most(4):
        assert jwt.revoke(own).status_code == 200
