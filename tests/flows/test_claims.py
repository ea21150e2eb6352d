"""Claims that a client asks for by name (OpenID Connect Core §5.5): where they arrive, and where they do not."""

import json
from typing import Any

import pytest

from oauth_provider.models import Authorization, PendingRequest
from oauth_provider.protocol import jws
from oauth_provider.protocol.id_token import PROTOCOL_CLAIMS
from oauth_provider.tokens.claims import claim, registered
from tests import ledger
from tests.claims import adding
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.flows.test_userinfo import ANN, ask

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "5.5")]


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(UserFactory(**ANN), policy={})
    driver.scope = "openid profile email"
    return driver


def answers(driver: Driver, asked: Any, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claims about a person in the ID token, and in userinfo."""
    tokens = driver.redeem(driver.code(claims=json.dumps(asked), **changes)).json()
    told = dict(ask(tokens["access_token"]).json())
    return about_a_person(tokens), {name: value for name, value in told.items() if name != "sub"}


def about_a_person(tokens: dict[str, Any]) -> dict[str, Any]:
    claims = jws.parse(tokens["id_token"]).claims
    return {name: value for name, value in claims.items() if name not in PROTOCOL_CLAIMS}


@pytest.mark.spec("OIDC Core", "5.4")
def test_without_asking_the_id_token_has_none(driver: Driver) -> None:
    assert about_a_person(driver.redeem(driver.code()).json()) == {}


@each("wanted", [None, {"essential": True}, {"value": "someone@example.com"}, {"purpose": "x"}])
def test_the_id_token_has_what_was_asked_for_there(driver: Driver, wanted: Any) -> None:
    in_id_token, _in_userinfo = answers(driver, {"id_token": {"email": wanted, "nonsense": wanted}})
    assert in_id_token == {"email": "ann@example.com"}


def test_all_of_them_can_be_had_there(driver: Driver) -> None:
    in_id_token, in_userinfo = answers(driver, {"id_token": dict.fromkeys(registered())})
    assert in_id_token == in_userinfo
    assert set(in_id_token) == set(registered())


def test_and_again_after_a_refresh(driver: Driver) -> None:
    code = driver.code(claims='{"id_token": {"email": null}}')
    renewed = driver.refresh(driver.redeem(code).json()["refresh_token"]).json()
    assert about_a_person(renewed) == {"email": "ann@example.com"}


def test_what_was_asked_for_in_userinfo_is_not_in_the_id_token(driver: Driver) -> None:
    in_id_token, in_userinfo = answers(driver, {"userinfo": {"name": {"essential": True}}})
    assert in_id_token == {}
    assert in_userinfo["name"] == "Ann Lee"


def test_nothing_is_released_that_no_granted_scope_covers(driver: Driver) -> None:
    asked = {"id_token": {"email": {"essential": True}}, "userinfo": {"email": {"essential": True}}}
    assert answers(driver, asked, scope="openid") == ({}, {})


def test_a_refresh_that_gives_a_scope_up_gives_its_claims_up(driver: Driver) -> None:
    code = driver.code(claims='{"id_token": {"email": null, "name": null}}')
    narrowed = driver.refresh(driver.redeem(code).json()["refresh_token"], scope="openid profile").json()
    assert about_a_person(narrowed) == {"name": "Ann Lee"}


@each("name", ["iss", "sub", "aud", "exp", "nonce", "at_hash", "sid", "acr", "amr", "azp"])
def test_what_the_protocol_says_cannot_be_asked_otherwise(driver: Driver, name: str) -> None:
    tokens = driver.redeem(driver.code(claims=json.dumps({"id_token": {name: {"essential": True}}}))).json()
    assert jws.parse(tokens["id_token"]).claims["aud"] == driver.application.client_id
    assert jws.parse(tokens["id_token"]).claims["sub"] == str(Authorization.objects.get().user_id)


def test_some_claims_are_told_only_if_asked_for(driver: Driver) -> None:
    with adding("birthdate", "profile", lambda user, context: "1970-01-01", only_if_asked=True):
        assert "birthdate" not in answers(driver, {})[1]
        assert answers(driver, {"userinfo": {"birthdate": None}})[1]["birthdate"] == "1970-01-01"
        assert answers(driver, {"userinfo": {"birthdate": None}}, scope="openid")[1] == {}


def test_a_claim_sees_what_was_asked_of_it(driver: Driver) -> None:
    with adding("email", "email", lambda user, context: context.asked.get("email", {}).get("value", "first@x.example")):
        in_id_token, in_userinfo = answers(driver, {"id_token": {"email": {"value": "second@x.example"}}})
    assert (in_id_token["email"], in_userinfo["email"]) == ("second@x.example", "first@x.example")


@each("name", sorted(PROTOCOL_CLAIMS))
def test_no_claim_of_a_project_can_take_a_name_of_the_protocol(name: str) -> None:
    with pytest.raises(ValueError, match="protocol"):
        claim(name, scope="profile")


@each("claims", ["nonsense", "[]", '{"userinfo": []}', '{"id_token": {"a": 1}}', '{"a":1,"a":1}', "é"])
def test_a_malformed_parameter_goes_back_to_the_client(driver: Driver, claims: str) -> None:
    with ledger.unchanged():
        answer = query_of(driver.authorize(claims=claims)["Location"])
    assert (answer["error"], answer["state"]) == ("invalid_request", "a state")


def test_any_script_arrives_through_the_consent_page(driver: Driver) -> None:
    code = driver.code(claims='{"id_token": {"name": {"value": "Zoë \\u00e9 \U0001f600"}}}')
    assert PendingRequest.objects.count() == 1
    assert Authorization.objects.get().claims == {"id_token": {"name": {"value": "Zoë é \U0001f600"}}}
    assert about_a_person(driver.redeem(code).json()) == {"name": "Ann Lee"}


@pytest.mark.spec("OIDC Core", "5.5.1")
def test_an_id_token_about_one_person_is_about_nobody_else(driver: Driver) -> None:
    driver.code()  # consent is remembered from here on
    user_id = Authorization.objects.get().user_id
    for subject, good in ((str(user_id), True), (str(user_id + 1), False), ("", False), ([user_id], False)):
        claims = json.dumps({"id_token": {"sub": {"value": subject}}})
        answer = query_of(driver.authorize(claims=claims, prompt="none")["Location"])
        assert ("code" in answer) is good
        assert answer.get("error") == (None if good else "login_required")
