"""A yes to a part (RFC 6749 §3.3): what a person leaves out is neither granted nor remembered, nor is what they add."""

from typing import Any

import pytest
from django.test import RequestFactory

from oauth_provider.authorization.decision import decide
from oauth_provider.authorization.question import Decision
from oauth_provider.authorization.response import AuthorizationResponse
from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.jws import parse
from oauth_provider.tokens.issuer import Issuer
from tests.details import ONE, TWO, TYPES, register, said
from tests.driver import Driver, signed_in
from tests.each import each
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.3")]

GRANTS = ["authorization_code", "refresh_token"]
OPTIONAL = "openid offline_access notes:read notes:write"


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": GRANTS, "optional_scope": OPTIONAL})


def page_of(driver: Driver, **changes: Any) -> str:
    page: str = driver.authorize(**changes)["Location"]
    assert page.startswith("/oauth/consent/")
    return page


def answer(driver: Driver, page: str, decision: Decision) -> AuthorizationResponse:
    """The answer to what ``page`` asks, in the session of ``driver``."""
    http = RequestFactory().post(page)
    http.session = driver.browser.session
    return decide(http, page.rsplit("/", 1)[-1], decision, Issuer(OAUTH_PROVIDER["ISSUER"]))


def yes(*scopes: str, **more: Any) -> Decision:
    return Decision(True, frozenset(scopes), **more)


def test_a_part_is_granted_and_the_client_is_told_which(driver: Driver) -> None:
    code = answer(driver, page_of(driver), yes("notes:read")).parameters["code"]
    tokens = driver.redeem(code).json()
    assert tokens["scope"] == "notes:read"
    assert driver.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"
    assert driver.refresh(tokens["refresh_token"], scope="notes:write").json()["error"] == "invalid_scope"


def test_a_part_is_remembered_as_a_part(driver: Driver) -> None:
    answer(driver, page_of(driver), yes("notes:read"))
    assert set(Consent.objects.get().agreed.scopes) == {"notes:read"}
    assert "code=" in driver.authorize(scope="notes:read")["Location"]
    assert "code=" in driver.authorize(scope="notes:read notes:write")["Location"]
    assert Authorization.objects.latest("pk").scope == "notes:read"


def test_what_was_not_asked_for_is_not_granted(driver: Driver) -> None:
    page = page_of(driver, scope="notes:read")
    answer(driver, page, yes("notes:read", "notes:write", "openid", "no such scope"))
    assert Authorization.objects.get().scope == "notes:read"
    assert set(Consent.objects.get().agreed.scopes) == {"notes:read"}


@each(
    "decision",
    [yes(), yes("photos:read"), Decision(False, frozenset({"notes:read"}))],
)
def test_a_yes_to_nothing_is_a_no(driver: Driver, decision: Decision) -> None:
    page = page_of(driver)
    assert answer(driver, page, decision).parameters["error"] == "access_denied"
    assert Consent.objects.count() == Authorization.objects.count() == 0
    assert PendingRequest.objects.get().decided_at is not None
    with pytest.raises(InvalidRequest):
        answer(driver, page, yes("notes:read"))


def test_the_same_part_again_is_a_double_click_and_another_part_is_not(driver: Driver) -> None:
    page = page_of(driver)
    first = answer(driver, page, yes("notes:read"))
    assert answer(driver, page, yes("notes:read")) == first
    for other in (yes("notes:write"), Decision(True), Decision(False)):
        with pytest.raises(InvalidRequest):
            answer(driver, page, other)
    assert Authorization.objects.count() == 1


def test_openid_left_out_leaves_out_who_somebody_is(driver: Driver) -> None:
    page = page_of(driver, scope="openid notes:read")
    response = answer(driver, page, yes("notes:read"))
    assert "session_state" not in response.parameters
    assert "id_token" not in driver.redeem(response.parameters["code"]).json()


@pytest.mark.spec("OIDC Core", "3.3.2.11")
def test_openid_cannot_be_left_out_where_the_answer_needs_it(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": ["code id_token"]}
    policy = {"grant_types": GRANTS, "response_types": ["code", "code id_token"], "optional_scope": OPTIONAL}
    driver = signed_in(policy=policy)
    page = page_of(driver, scope="openid notes:read", response_type="code id_token", nonce="a nonce")
    response = answer(driver, page, yes("notes:read"))
    assert response.id_token is not None
    assert Authorization.objects.get().scope == "openid notes:read"


@pytest.mark.spec("OIDC Core", "11")
def test_offline_access_left_out_ends_with_the_session(driver: Driver) -> None:
    asked = "openid offline_access notes:read"
    answer(driver, page_of(driver, scope=asked), yes("openid", "notes:read"))
    answer(driver, page_of(driver, scope=asked, prompt="consent"), Decision(True))
    short, long = Authorization.objects.order_by("pk")
    assert (short.session_expires_at is None, long.session_expires_at is None) == (False, True)


@pytest.mark.spec("RFC 9396", "7.1")
def test_a_part_of_the_details_is_granted(settings: Any) -> None:
    register(settings)
    driver = signed_in(policy={"grant_types": GRANTS, "authorization_details_types": list(TYPES)})
    page = page_of(driver, scope=None, authorization_details=said(ONE, TWO))
    changed = {**ONE, "amount": {"currency": "EUR", "value": "1.00"}}
    code = answer(driver, page, Decision(True, details=(TWO, changed))).parameters["code"]
    assert driver.redeem(code).json()["authorization_details"] == [TWO]


def test_a_token_at_once_is_of_the_part_alone(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": ["id_token token"]}
    policy = {"grant_types": [*GRANTS, "implicit"], "response_types": ["code", "id_token token"]}
    driver = signed_in(policy={**policy, "optional_scope": OPTIONAL})
    page = page_of(driver, scope="openid notes:read notes:write", response_type="id_token token", nonce="a nonce")
    response = answer(driver, page, yes("openid", "notes:read"))
    assert response.parameters["scope"].split() == ["openid", "notes:read"]
    assert parse(response.sent_parameters(Issuer(OAUTH_PROVIDER["ISSUER"]))["id_token"])
