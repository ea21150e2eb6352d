"""Signed authorization responses (JARM §2): one parameter that holds all of them, for this client, for ten minutes."""

import time
from typing import Any
from urllib.parse import parse_qs

import pytest

from oauth_provider.models import ClientPolicy
from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import parse_jwks
from oauth_provider.tokens.id_token import read_id_token
from tests import jose_keys, ledger
from tests.client_keys import ISSUER
from tests.driver import JWKS, METADATA, Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK
from tests.flows.test_response_mode import form_of
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("JARM", "2")]

MODES = ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"]


@pytest.fixture
def driver() -> Driver:
    """A client that was consented to."""
    driver = signed_in(policy={})
    driver.code()
    return driver


def answer_of(driver: Driver, response: Any, mode: str, alg: str = "RS256") -> dict[str, Any]:
    """What arrives, proven by the keys that the server publishes."""
    if mode == "form_post.jwt":
        arrived = form_of(response)
    else:
        assert response.status_code == 303, response.content
        mark = "#" if mode == "fragment.jwt" else "?"
        uri, found, text = response["Location"].partition(mark)
        assert (uri, found) == (CALLBACK, mark)
        arrived = {name: values[0] for name, values in parse_qs(text).items()}
    assert set(arrived) == {"response"}
    keys = parse_jwks(driver.browser.get(JWKS).json())
    claims = dict(jws.verify(arrived["response"], keys, algorithms=[alg]).claims)
    assert (claims.pop("iss"), claims.pop("aud")) == (ISSUER, driver.application.client_id)
    assert 0 < claims.pop("exp") - time.time() <= 600
    return claims


@pytest.mark.spec("JARM", "2.3")
@each("mode", MODES)
def test_a_code_and_state_arrive_signed_and_nothing_beside_them(driver: Driver, mode: str) -> None:
    answer = answer_of(driver, driver.authorize(response_mode=mode), mode)
    assert set(answer) == {"code", "state"}
    assert answer["state"] == "a state"
    assert driver.redeem(answer["code"]).status_code == 200


@pytest.mark.spec("JARM", "2.1")
@each("mode", MODES)
@each(
    ("changes", "error"),
    [
        ({"scope": "nothing:here"}, "invalid_scope"),
        ({"prompt": "login none"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token token"}, "unsupported_response_type"),
        ({"request": "x"}, "invalid_request_object"),
    ],
)
def test_errors_arrive_signed(driver: Driver, mode: str, changes: dict[str, Any], error: str) -> None:
    with ledger.unchanged():
        answer = answer_of(driver, driver.authorize(response_mode=mode, **changes), mode)
    assert (answer["error"], answer["state"]) == (error, "a state")
    assert "code" not in answer


@pytest.mark.parametrize(("decision", "member"), [("allow", "code"), ("deny", "error")])
def test_a_decision_is_signed_each_time_it_is_sent(decision: str, member: str) -> None:
    driver = signed_in(policy={})
    page = driver.authorize(response_mode="jwt")["Location"]
    first, second = (answer_of(driver, driver.decide(page, decision), "jwt") for _time in range(2))
    assert first[member] == second[member]


@each("alg", ["ES256", "PS256", "EdDSA"])
def test_it_is_signed_with_what_the_client_registered(driver: Driver, alg: str) -> None:
    ClientPolicy.objects.update(authorization_signed_response_alg=alg)
    assert "code" in answer_of(driver, driver.authorize(response_mode="jwt"), "jwt", alg)


@pytest.mark.spec("RFC 8725", "3.11")
def test_it_passes_for_no_id_token_and_no_access_token(driver: Driver) -> None:
    response = query_of(driver.authorize(response_mode="jwt")["Location"])["response"]
    assert read_id_token(response, issuer=ISSUER) is None
    assert not ledger.is_good(response)
    assert query_of(driver.authorize(id_token_hint=response)["Location"])["error"] == "invalid_request"


@each("mode", ["JWT", "code.jwt", "query.jwt.jwt", ".jwt", "jwt query", "none"])
def test_another_mode_is_refused(driver: Driver, mode: str) -> None:
    with ledger.unchanged():
        assert query_of(driver.authorize(response_mode=mode)["Location"])["error"] == "invalid_request"


def test_where_it_cannot_be_signed_nothing_is_made_and_nothing_sent_unsigned(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SIGNING_KEYS": [jose_keys.private_jwk("ES256")]}
    with ledger.unchanged():
        for changes in ({}, {"scope": "nothing:here"}):
            response = driver.authorize(response_mode="jwt", **changes)
            assert response.status_code == 400
            assert not response.has_header("Location")
    assert "code" in query_of(driver.authorize()["Location"])  # an answer that is not signed needs no key


@pytest.mark.spec("JARM", "4")
def test_it_is_advertised(driver: Driver) -> None:
    document = driver.browser.get(METADATA).json()
    assert set(MODES) < set(document["response_modes_supported"])
    assert document["authorization_signing_alg_values_supported"] == ["RS256", "ES256", "PS256", "EdDSA"]
