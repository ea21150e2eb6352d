"""Authorization details in JWT access tokens (RFC 9396 §9.1), and how long such a token may be."""

from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.details import ONE, READ, TWO, TYPES, register, said
from tests.driver import USERINFO, Driver, signed_in
from tests.flows.jwt_access_token.reading import ALL, is_jwt, provider, read

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "2.2")]


@pytest.fixture
def payer(settings: Any) -> Driver:
    """A client that may ask for details."""
    register(settings)
    return signed_in(
        policy={"access_token_format": "jwt", "grant_types": ALL, "authorization_details_types": list(TYPES)}
    )


@pytest.mark.spec("RFC 9396", "9.1")
def test_details_stand_in_it_and_are_told(payer: Driver, asker: Driver) -> None:
    tokens = payer.redeem(payer.code(scope=None, authorization_details=said(ONE, TWO))).json()
    own = payer.token(grant_type="client_credentials", authorization_details=said(READ)).json()
    for issued, details in ((tokens, [ONE, TWO]), (own, [READ])):
        token = issued["access_token"]
        assert list(read(token).authorization_details) == issued["authorization_details"] == details
        assert list(verify(token).authorization_details) == details
        assert asker.introspect(token).json()["authorization_details"] == details
        assert read(token).scope == ""


@pytest.mark.spec("RFC 9396", "6")
def test_a_refresh_narrows_them_and_repeats_them(payer: Driver) -> None:
    refresh_token = payer.redeem(payer.code(scope=None, authorization_details=said(ONE, TWO))).json()["refresh_token"]
    answers = [payer.refresh(refresh_token, authorization_details=said(TWO)).json() for _once_and_again in range(2)]
    assert [list(read(one["access_token"]).authorization_details) for one in answers] == [[TWO], [TWO]]
    assert answers[0]["authorization_details"] == answers[1]["authorization_details"] == [TWO]
    assert read(answers[0]["access_token"]) == read(answers[1]["access_token"])


@pytest.mark.spec("RFC 6750", "2.1")
def test_no_token_is_longer_than_an_api_takes(payer: Driver) -> None:
    long = [{**ONE, "to": "x" * 190 + f"{number:02}"} for number in range(18)]
    code = payer.code(scope=None, authorization_details=said(*long))
    with ledger.unchanged():
        ledger.refused(payer.redeem(code), "invalid_authorization_details")
    most = payer.redeem(code, authorization_details=said(*long[:12])).json()["access_token"]
    assert 4000 < len(most) <= 8192
    assert Browser().get(USERINFO, headers={"Authorization": f"Bearer {most}"}).status_code == 403


@pytest.mark.spec("RFC 6750", "2.1")
def test_scopes_alone_can_be_too_many(driver: Driver, settings: Any) -> None:
    scopes = {f"scope:{number}:{'x' * 90}": "Words" for number in range(50)}
    provider(settings, SCOPES=scopes)
    with ledger.unchanged():
        answer = driver.token(grant_type="client_credentials", scope=" ".join(scopes))
        ledger.refused(answer, "invalid_scope")
    assert is_jwt(driver.token(grant_type="client_credentials", scope=" ".join(list(scopes)[:35])))
