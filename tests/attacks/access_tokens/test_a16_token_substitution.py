"""A16, token substitution (RFC 8725 §3.11, §3.12; RFC 9068 §4): no token of another kind is an access token."""

import uuid
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization
from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from oauth_provider.tokens.id_token import read_id_token
from tests import ledger
from tests.attacks.access_tokens.forging import EC, ISSUER, NOTES, claims_of, forge, is_refused
from tests.driver import USERINFO, Driver, post, query_of
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "4"), pytest.mark.spec("RFC 8725", "3.1")]


def test_the_genuine_token_is_good_at_every_door(driver: Driver, tokens: dict[str, Any]) -> None:
    """Or all that follows would prove nothing."""
    token = jws.sign(claims_of(tokens), EC, typ=TYP)
    assert ledger.is_good(token)
    assert ledger.is_good(tokens["access_token"])
    assert driver.introspect(token).json()["active"] is True
    assert conf.verifier(token).authorization_id == str(Authorization.objects.get().public_id)
    assert Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert jws.parse(forge(tokens, {"alg": "ES256", "kid": EC.kid}, EC.sign)).claims == claims_of(tokens)


# -- A16: token substitution ---------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8725", "3.11")
@each("typ", ["JWT", "logout+jwt", "oauth-authz-req+jwt", "dpop+jwt", "", "at+jws", "at jwt"])
def test_a_jwt_of_another_kind_is_no_access_token(driver: Driver, tokens: dict[str, Any], typ: str) -> None:
    is_refused(driver, jws.sign(claims_of(tokens), EC, typ=typ))


@pytest.mark.spec("RFC 8725", "3.11")
def test_what_else_this_server_gives_out_is_none_either(driver: Driver, tokens: dict[str, Any]) -> None:
    is_refused(driver, tokens["id_token"])
    is_refused(driver, driver.code())
    is_refused(driver, driver.application.secret)
    location = driver.authorize(response_mode="query.jwt")["Location"]
    is_refused(driver, query_of(location)["response"])
    with pytest.raises(InvalidToken):
        conf.verifier(tokens["access_token"])  # which is for this server alone


@pytest.mark.spec("RFC 8725", "3.11")
def test_an_access_token_is_no_id_token_hint_and_no_assertion(driver: Driver, tokens: dict[str, Any]) -> None:
    for token in (tokens["access_token"], jws.sign(claims_of(tokens, aud=driver.application.client_id), EC, typ=TYP)):
        assert read_id_token(token, issuer=ISSUER) is None
        form = {
            "grant_type": "client_credentials",
            "client_assertion": token,
            "client_id": driver.application.client_id,
        }
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        ledger.refused(post(driver.browser, "/oauth/token", form), "invalid_client", 401)


@pytest.mark.spec("RFC 8725", "3.8")
@each(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": "HTTPS://AUTH.EXAMPLE.COM"},
        {"iss": None},
        {"iss": [ISSUER]},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": 1e300},
        {"iat": 9_000_000_000},
        {"nbf": 9_000_000_000},
        {"jti": None},
        {"client_id": None},
        {"client_id": {"a": 1}},
        {"sub": None},
        {"sub": ["7"]},
        {"scope": ["notes:read"]},
        {"aud": []},
        {"aud": {"a": NOTES}},
        {"auth_time": "now"},
        {"amr": "pwd"},
        {"acr": 7},
        {"cnf": "x"},
        {"act": []},
        {"authorization_id": 7},
        {"scope": "notes:read\x00"},
    ],
    ids=str,
)
def test_signed_by_our_own_key_it_still_says_what_it_must(
    driver: Driver, tokens: dict[str, Any], changes: dict[str, Any]
) -> None:
    is_refused(driver, forge(tokens, {"alg": "ES256", "kid": EC.kid}, EC.sign, **changes))


@each("authorization_id", ["x", str(uuid.UUID(int=7)), "' OR 1=1 --", "\ud800", "7" * 5000])
def test_a_sign_in_that_there_is_not_is_none_here(
    driver: Driver, tokens: dict[str, Any], authorization_id: str
) -> None:
    token = forge(tokens, {"alg": "ES256", "kid": EC.kid}, EC.sign, authorization_id=authorization_id)
    with ledger.unchanged():
        assert not ledger.is_good(token)
        assert driver.introspect(token).json() == {"active": False}
        assert driver.revoke(token).status_code == 200


@pytest.mark.spec("RFC 9068", "5")
def test_a_client_that_is_called_as_a_person_is_no_person(driver: Driver, tokens: dict[str, Any]) -> None:
    """Without a sign-in nobody signed in, whatever ``sub`` says."""
    user = Authorization.objects.get().user
    ApplicationFactory(client_id=str(user.pk))
    token = forge(
        tokens,
        {"alg": "ES256", "kid": EC.kid},
        EC.sign,
        authorization_id=None,
        client_id=str(user.pk),
        sub=str(user.pk),
        scope="notes:read",
    )
    assert conf.verifier(token).sub is None
    told = driver.introspect(token).json()
    assert told["active"] is True
    assert not {"sub", "username"} & set(told)
