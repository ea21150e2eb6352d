"""The client credentials grant (RFC 6749 §4.4): a client asks for itself, and is nobody's user."""

from typing import Any

import pytest
from django.test import override_settings

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.django_db

GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.fixture
def service() -> Driver:
    return Driver(ApplicationFactory(service=True, policy={}))


@pytest.mark.spec("RFC 6749", "4.4.3")
def test_a_service_gets_a_token_of_its_own(service: Driver) -> None:
    response = service.token(**GRANT)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    token = verify(response.json()["access_token"])
    assert (token.sub, token.user, token.client_id) == (None, None, service.application.client_id)
    assert token.scope == "notes:read"


@pytest.mark.spec("RFC 6749", "4.4.3")
def test_it_gets_no_refresh_token(service: Driver) -> None:
    assert set(service.token(**GRANT).json()) == {"access_token", "token_type", "expires_in", "scope"}


@pytest.mark.spec("RFC 6749", "4.4.3")
def test_it_costs_one_row(service: Driver) -> None:
    service.token(**GRANT)
    assert access_token_model().objects.count() == 1
    assert (Authorization.objects.count(), TokenBinding.objects.count()) == (0, 0)


@pytest.mark.spec("RFC 6749", "4.4")
@each(
    ("form", "error"),
    [
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": " "}, "invalid_scope"),
        ({"scope": "nothing:here"}, "invalid_scope"),
        ({"scope": "notes:read nothing:here"}, "invalid_scope"),
        ({"scope": "NOTES:READ"}, "invalid_scope"),
        ({"scope": "notes:read,notes:write"}, "invalid_scope"),
        ({"scope": 'notes:read"'}, "invalid_scope"),
        ({"scope": "é"}, "invalid_scope"),
        ({"scope": " ".join(f"scope{number}" for number in range(5000))}, "invalid_scope"),
        ({"resource": "https://api.example.com"}, "invalid_target"),
        ({"resource": "nonsense"}, "invalid_target"),
        ({"grant_type": "refresh_token"}, "unauthorized_client"),
        ({"grant_type": "authorization_code"}, "unauthorized_client"),
        ({"grant_type": "Client_Credentials"}, "unsupported_grant_type"),
    ],
    ids=lambda value: None if isinstance(value, str) else str(value)[:40],
)
def test_a_refused_request_issues_nothing(service: Driver, form: dict[str, Any], error: str) -> None:
    with ledger.unchanged():
        ledger.refused(service.token(**(GRANT | form)), error)


@pytest.mark.spec("RFC 6749", "3.3")
@each(
    ("scopes", "asked", "status"),
    [(["notes:read"], "notes:read", 200), (["notes:read"], "notes:write", 400), ([], "notes:read", 400)],
)
def test_a_policy_says_which_scopes_a_client_may_ask_for(scopes: list[str], asked: str, status: int) -> None:
    service = Driver(ApplicationFactory(service=True, policy={"scopes": scopes}))
    assert service.token(**(GRANT | {"scope": asked})).status_code == status


@pytest.mark.spec("RFC 6749", "3.3")
@each(("defaults", "scope"), [(["notes:read"], "notes:read"), (["__all__"], None), (["nope"], "")])
def test_a_request_without_scope_asks_for_the_default(service: Driver, defaults: list[str], scope: str | None) -> None:
    with override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, "DEFAULT_SCOPES": defaults}):
        response = service.token(**(GRANT | {"scope": None}))
    if scope == "":
        ledger.refused(response, "invalid_scope")
    else:
        assert response.json()["scope"] == (scope or "notes:read notes:write photos:read")


@pytest.mark.spec("RFC 6749", "4.4")
def test_a_public_client_has_no_credentials_to_be_granted_by() -> None:
    public = Driver(ApplicationFactory(public=True, policy={"grant_types": ["client_credentials"]}))
    with ledger.unchanged():
        ledger.refused(public.token(**GRANT), "unauthorized_client")


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_web_client_needs_the_grant() -> None:
    web = Driver(ApplicationFactory())
    with ledger.unchanged():
        ledger.refused(web.token(**GRANT), "unauthorized_client")


@pytest.mark.spec("RFC 6749", "1.3")
def test_a_client_may_have_several_grants() -> None:
    both = signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})
    assert both.token(**GRANT).status_code == 200
    assert both.refresh(both.tokens()["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_suspended_client_gets_no_token_and_those_it_has_are_refused(service: Driver) -> None:
    token = service.token(**GRANT).json()["access_token"]
    assert ledger.is_good(token)
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        ledger.refused(service.token(**GRANT), "invalid_client", 401)
    assert not ledger.is_good(token)


@pytest.mark.spec("RFC 6749", "4.2.2")
@each(("own", "seconds"), [(None, 3600), (60, 60), (86400, 3600)])
def test_its_life_is_the_shorter_of_settings_and_policy(own: int | None, seconds: int) -> None:
    service = Driver(ApplicationFactory(service=True, policy={"access_token_lifetime": own}))
    response = service.token(**GRANT)
    assert response.json()["expires_in"] == seconds
    with ledger.later(seconds + 1):
        assert not ledger.is_good(response.json()["access_token"])


@pytest.mark.spec("RFC 6749", "10.3")
def test_the_database_does_not_hold_the_token(service: Driver) -> None:
    token = service.token(**GRANT).json()["access_token"]
    assert token not in ledger.text()
    assert token[4:47] not in ledger.text()
