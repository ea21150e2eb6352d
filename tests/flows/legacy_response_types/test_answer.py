"""Answers of hybrid and implicit requests (OpenID Connect Core §3.2.2.5, §3.3.2.5): what comes, and how it travels."""

import re
from html import unescape
from typing import Any

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization
from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import ALGORITHMS, left_half_hash
from oauth_provider.protocol.response_type import HYBRID, LEGACY
from oauth_provider.protocol.token_string import ACCESS_TOKEN, is_token
from oauth_provider.tokens.key_ring import key_ring
from tests import ledger
from tests.driver import USERINFO, Driver
from tests.each import each
from tests.flows.legacy_response_types.fragments import NONCE, answer_of, error_of, fragment_of, legacy

pytestmark = [pytest.mark.django_db, pytest.mark.spec("Multiple Response Types", "5")]

CORE = pytest.mark.spec("OIDC Core", "3.3.2")
# What no claim about a person is.
PROTOCOL = {"iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "sid", "nonce", "at_hash", "c_hash"}


def claims_of(id_token: str) -> dict[str, Any]:
    return dict(jws.verify(id_token, key_ring().published, algorithms=ALGORITHMS).claims)


# -- what comes ------------------------------------------------------------------------------------------------


@CORE
@each("response_type", LEGACY)
def test_exactly_what_was_asked_for_comes_behind_the_hash(driver: Driver, response_type: str) -> None:
    answer = answer_of(driver, response_type)
    due = {"state", "iss", "session_state"}
    for part in response_type.split():
        due |= {"access_token", "token_type", "expires_in", "scope"} if part == "token" else {part}
    assert set(answer) == due


@each("response_type", ["id_token code", "token id_token code", "token code", "token id_token"])
def test_the_order_means_nothing(driver: Driver, response_type: str) -> None:
    assert set(response_type.split()) - {"token"} <= set(answer_of(driver, response_type))


@pytest.mark.spec("OIDC Core", "3.3.2.11")
@each("response_type", [one for one in LEGACY if "id_token" in one])
def test_the_id_token_is_bound_to_the_request_and_to_what_stands_beside_it(driver: Driver, response_type: str) -> None:
    answer = answer_of(driver, response_type)
    claims = claims_of(answer["id_token"])
    assert (claims["nonce"], claims["aud"]) == (NONCE, driver.application.client_id)
    assert claims["iss"] == "https://auth.example.com"
    assert claims["sub"] == str(Authorization.objects.get().user_id)
    assert claims.get("c_hash") == (left_half_hash("RS256", answer["code"]) if "code" in answer else None)
    token = answer.get("access_token")
    assert claims.get("at_hash") == (left_half_hash("RS256", token) if token else None)


@each("alg", ["ES256", "PS256", "EdDSA"])
def test_it_is_signed_with_the_clients_algorithm(alg: str) -> None:
    driver = legacy(policy={"id_token_signed_response_alg": alg})
    answer = answer_of(driver, "code id_token")
    token = jws.verify(answer["id_token"], key_ring().published, algorithms=[alg])
    assert token.claims["c_hash"] == left_half_hash(alg, answer["code"])


@pytest.mark.spec("OIDC Core", "5.4")
@pytest.mark.spec("Multiple Response Types", "3")
def test_an_id_token_alone_tells_the_claims_of_the_scopes(driver: Driver) -> None:
    claims = claims_of(answer_of(driver, "id_token")["id_token"])
    assert (claims["given_name"], claims["family_name"]) == ("Ann", "Lee")
    assert "email" not in claims


@pytest.mark.spec("OIDC Core", "5.4")
@each("response_type", ["id_token token", *(one for one in HYBRID if "id_token" in one)])
def test_where_userinfo_can_be_asked_it_does_not(driver: Driver, response_type: str) -> None:
    assert set(claims_of(answer_of(driver, response_type)["id_token"])) <= PROTOCOL


@pytest.mark.spec("RFC 6749", "4.2.2")
@each("response_type", [one for one in LEGACY if "token" in one.split()])
def test_the_access_token_is_good_and_there_is_no_refresh_token(driver: Driver, response_type: str) -> None:
    answer = answer_of(driver, response_type)
    assert (answer["token_type"], answer["scope"]) == ("Bearer", driver.scope)
    assert 3590 <= int(answer["expires_in"]) <= 3600
    assert ledger.is_good(answer["access_token"])
    bearer = {"authorization": f"Bearer {answer['access_token']}"}
    assert driver.browser.get(USERINFO, headers=bearer).json()["given_name"] == "Ann"
    assert Authorization.objects.get().family_digest is None
    assert answer["access_token"] not in ledger.text()


@pytest.mark.spec("RFC 9068", "2")
@pytest.mark.parametrize("response_type", ["token", "code id_token token"])
def test_it_is_no_jwt_that_whoever_sees_the_url_could_read(response_type: str) -> None:
    answer = answer_of(legacy(policy={"access_token_format": "jwt"}), response_type)
    assert is_token(answer["access_token"], ACCESS_TOKEN)
    assert ledger.is_good(answer["access_token"])


def test_nor_do_resources_that_want_different_ones_stand_in_its_way(driver: Driver, settings: Any) -> None:
    wanted = {"https://a.example.com/": "jwt", "https://b.example.com/": "opaque"}
    resources = {uri: {"name": uri, "access_token_format": kind} for uri, kind in wanted.items()}
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "RESOURCES": resources}
    answer = answer_of(driver, "code token", resource=list(wanted))
    assert is_token(answer["access_token"], ACCESS_TOKEN)
    assert access_token_model().objects.get().resource == list(wanted)
    ledger.refused(driver.redeem(answer["code"]), "invalid_target")
    assert driver.redeem(answer["code"], resource="https://a.example.com/").json()["access_token"].count(".") == 2


@CORE
@each("response_type", HYBRID)
def test_a_hybrid_code_is_redeemed_like_any_other(driver: Driver, response_type: str) -> None:
    answer = answer_of(driver, response_type)
    tokens = driver.redeem(answer["code"]).json()
    assert {"access_token", "refresh_token", "id_token"} <= set(tokens)
    claims = claims_of(tokens["id_token"])
    assert claims["nonce"] == NONCE
    if "id_token" in answer:
        first = claims_of(answer["id_token"])
        assert all(claims[name] == first[name] for name in ("iss", "sub", "auth_time", "sid"))
    if "access_token" in answer:
        assert ledger.is_good(answer["access_token"])
        assert answer["access_token"] != tokens["access_token"]


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_replayed_hybrid_code_ends_the_token_that_came_beside_it(driver: Driver) -> None:
    answer = answer_of(driver, "code id_token token")
    driver.redeem(answer["code"])
    ledger.refused(driver.redeem(answer["code"]), "invalid_grant")
    assert not ledger.is_good(answer["access_token"])
    assert ledger.is_over(answer["access_token"])


def test_the_token_beside_a_code_outlives_the_code(driver: Driver) -> None:
    answer = answer_of(driver, "code token")
    with ledger.later(900):
        assert ledger.is_good(answer["access_token"])
        ledger.refused(driver.redeem(answer["code"]), "invalid_grant")
    with ledger.later(3601):
        assert not ledger.is_good(answer["access_token"])


def test_the_clients_shorter_lifetime_counts() -> None:
    driver = legacy(policy={"access_token_lifetime": 10})
    answer = answer_of(driver, "token")
    assert int(answer["expires_in"]) <= 10
    with ledger.later(11):
        assert not ledger.is_good(answer["access_token"])


@pytest.mark.spec("OIDC Core", "11")
def test_without_a_code_nothing_is_kept_for_later(driver: Driver) -> None:
    driver.scope = "openid offline_access"
    answer_of(driver, "id_token token")
    assert Authorization.objects.get().scope == "openid"


@pytest.mark.spec("OIDC Core", "11")
def test_and_where_that_is_all_that_is_asked_for_nothing_is(driver: Driver) -> None:
    assert error_of(driver, "token", scope="offline_access") == "invalid_scope"


def test_a_token_that_lives_shorter_than_its_code_does_not_take_it_along() -> None:
    driver = legacy(policy={"access_token_lifetime": 1})
    answer = answer_of(driver, "code token")
    with ledger.later(20):
        assert not ledger.is_good(answer["access_token"])
        assert driver.redeem(answer["code"]).status_code == 200


@pytest.mark.spec("RFC 8707", "2")
def test_the_token_is_for_the_resource_that_was_asked_for(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "RESOURCES": {"https://api.example.com/notes": "Notes"}}
    answer_of(driver, "token", resource="https://api.example.com/notes", scope="notes:read")
    assert access_token_model().objects.get().resource == ["https://api.example.com/notes"]


@pytest.mark.parametrize("response_type", ["code id_token token", "id_token token"])
def test_a_decision_answers_twice_the_same_for_a_double_click(response_type: str) -> None:
    driver = legacy()
    driver.application.skip_authorization = False
    driver.application.save()
    page = driver.authorize(response_type=response_type, nonce=NONCE)["Location"]
    first, second = fragment_of(driver.decide(page)), fragment_of(driver.decide(page))
    assert first == second
    assert (Authorization.objects.count(), access_token_model().objects.count()) == (1, 1)
    assert first["access_token"] not in ledger.text()


@each("response_type", LEGACY)
def test_a_no_brings_an_error_and_nothing_else(response_type: str) -> None:
    driver = legacy()
    driver.application.skip_authorization = False
    driver.application.save()
    page = driver.authorize(response_type=response_type, nonce=NONCE)["Location"]
    answer = fragment_of(driver.decide(page, "deny"))
    assert (answer["error"], set(answer) & {"code", "access_token", "id_token"}) == ("access_denied", set())
    assert not Authorization.objects.exists()


def test_a_pushed_request_may_ask_for_one(driver: Driver) -> None:
    pushed = driver.push(response_type="code id_token", nonce=NONCE).json()
    assert {"code", "id_token"} <= set(fragment_of(driver.open(pushed["request_uri"])))


@pytest.mark.spec("OIDC Back-Channel Logout", "2.7")
def test_a_logout_ends_what_came_without_a_code(driver: Driver) -> None:
    token = answer_of(driver, "id_token token")["access_token"]
    driver.browser.logout()
    assert not ledger.is_good(token)


# -- how it travels --------------------------------------------------------------------------------------------


@pytest.mark.spec("Form Post", "2")
@each("response_type", LEGACY)
def test_a_form_carries_it_past_every_url(driver: Driver, response_type: str) -> None:
    response = driver.authorize(response_type=response_type, nonce=NONCE, response_mode="form_post")
    assert response.status_code == 200
    form = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', response.content.decode()))
    last = response_type.rsplit(maxsplit=1)[-1]
    assert (last if last != "token" else "access_token") in form
    assert not response.has_header("Location")
    if "id_token" in form:
        assert claims_of(unescape(form["id_token"]))["nonce"] == NONCE


@pytest.mark.spec("JARM", "2.3")
@pytest.mark.parametrize("response_mode", ["jwt", "fragment.jwt"])
def test_a_signed_answer_holds_it_behind_the_hash(driver: Driver, response_mode: str) -> None:
    answer = answer_of(driver, "code id_token token", response_mode=response_mode)
    assert set(answer) == {"response"}
    said = claims_of(answer["response"])
    assert ledger.is_good(said["access_token"])
    assert claims_of(said["id_token"])["c_hash"] == left_half_hash("RS256", said["code"])


@each("response_type", LEGACY)
@each("response_mode", ["query", "query.jwt"])
def test_no_token_is_put_into_a_query(driver: Driver, response_type: str, response_mode: str) -> None:
    assert error_of(driver, response_type, response_mode=response_mode) == "invalid_request"
