"""The end of JWT access tokens (RFC 7009 §2): expired, revoked, or their sign-in over."""

from collections import OrderedDict
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser
from django.utils import timezone

from oauth_provider.dot.names import application_model
from oauth_provider.models import Authorization, ClientPolicy, RevokedToken, SigningKey, revoked_token
from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP
from oauth_provider.tokens import key_ring as key_rings
from tests import jose_keys, ledger
from tests.driver import JWKS, Driver
from tests.each import each
from tests.factories import ApplicationFactory
from tests.flows.jwt_access_token.reading import provider, read

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9068", "2.2")]

OWN = {"grant_type": "client_credentials", "scope": "notes:read"}
ENDS = {
    "user inactive": lambda: get_user_model().objects.update(is_active=False),
    "authorization revoked": lambda: Authorization.objects.update(revoked_at=timezone.now()),
    "authorization expired": lambda: Authorization.objects.update(expires_at=timezone.now()),
    "authorization deleted": lambda: Authorization.objects.all().delete(),
    "user deleted": lambda: get_user_model().objects.all().delete(),
    "client suspended": lambda: ClientPolicy.objects.exclude(may_introspect=True).update(status="suspended"),
    "client deleted": lambda: application_model().objects.exclude(oauth_policy__may_introspect=True).delete(),
}


@pytest.mark.spec("RFC 7662", "2.2")
@each("end", ENDS.values(), ids=ENDS)
def test_what_has_ended_is_not_active_and_opens_nothing(driver: Driver, asker: Driver, end: Any) -> None:
    token = driver.tokens()["access_token"]
    assert asker.introspect(token).json()["active"] is True
    end()
    assert asker.introspect(token).json() == {"active": False}
    assert not ledger.is_good(token)


@pytest.mark.parametrize("own", [False, True])
def test_what_has_expired_is_not_active(driver: Driver, asker: Driver, own: bool) -> None:
    token = (driver.token(**OWN).json() if own else driver.tokens())["access_token"]
    with ledger.later(3590):
        assert asker.introspect(token).json()["active"] is True
    with ledger.later(3601):
        assert asker.introspect(token).json() == {"active": False}
        assert not ledger.is_good(token)


def test_a_suspended_clients_own_token_is_refused(driver: Driver, asker: Driver) -> None:
    token = driver.token(**OWN).json()["access_token"]
    ENDS["client suspended"]()
    assert asker.introspect(token).json() == {"active": False}
    ClientPolicy.objects.update(status="approved")
    assert ledger.is_good(token)
    ENDS["client deleted"]()
    assert not ledger.is_good(token)


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoking_it_ends_the_sign_in(driver: Driver) -> None:
    tokens = driver.tokens()
    assert driver.revoke(tokens["access_token"]).status_code == 200
    assert Authorization.objects.get().revoked_reason == "client"
    assert not ledger.is_good(tokens["access_token"])
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert not RevokedToken.objects.exists()


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoking_the_refresh_token_ends_it(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.revoke(tokens["refresh_token"])
    assert not ledger.is_good(tokens["access_token"])


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_clients_own_token_ends_alone(driver: Driver, asker: Driver) -> None:
    token, other = (driver.token(**OWN).json()["access_token"] for _ in range(2))
    for _once_and_again in range(2):
        assert driver.revoke(token).status_code == 200
        assert not ledger.is_good(token)
        assert ledger.is_good(other)
        assert asker.introspect(token).json() == {"active": False}
    assert RevokedToken.objects.count() == 1
    assert read(token).jti not in ledger.text()


@pytest.mark.spec("RFC 7009", "2.2.1")
def test_no_client_fills_the_table_of_revoked_tokens(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revoked_token, "MOST_OF_CLIENT", 2)
    monkeypatch.setattr(revoked_token, "UNCOUNTED", 1)
    monkeypatch.setattr(revoked_token, "_left", OrderedDict())
    tokens = [driver.token(**OWN).json()["access_token"] for _ in range(3)]
    assert [driver.revoke(token).status_code for token in tokens] == [200, 200, 429]
    refused = driver.revoke(tokens[2])
    assert (refused.json()["error"], refused["Retry-After"]) == ("temporarily_unavailable", "60")
    assert driver.revoke(tokens[0]).status_code == 200  # once more
    assert [ledger.is_good(token) for token in tokens] == [False, False, True]
    # Others go on, and so does this client once some of its own have expired.
    other = Driver(ApplicationFactory(policy={"access_token_format": "jwt", "grant_types": ["client_credentials"]}))
    assert other.revoke(other.token(**OWN).json()["access_token"]).status_code == 200
    RevokedToken.objects.filter(client_id=driver.application.client_id).update(expires=timezone.now())
    assert driver.revoke(tokens[2]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("own", [False, True])
def test_nobody_else_revokes_it(driver: Driver, asker: Driver, own: bool) -> None:
    token = (driver.token(**OWN).json() if own else driver.tokens())["access_token"]
    header, claims, signature = token.split(".")
    forged = jws.sign(jws.parse(token).claims, jose_keys.key("ES256", 5), typ=TYP)
    id_token = jws.sign(jws.parse(token).claims, jose_keys.key("ES256"), typ="JWT")
    with ledger.unchanged():
        assert asker.revoke(token).status_code == 200
        for text in (forged, id_token, f"{header}.{claims}.", f"{header}.{claims}.{signature[:-4]}AAAA", "a.b.c"):
            assert driver.revoke(text).status_code == 200
        with ledger.later(3601):
            assert driver.revoke(token).status_code == 200
    assert ledger.is_good(token)


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_it_outlives_the_key_that_signed_it_unless_that_was_taken_out_of_use(settings: Any) -> None:
    provider(settings, SIGNING_KEYS=None, SIGNING_ALGORITHMS=["ES256"], SIGNING_KEY_LEAD=0)
    driver = Driver(ApplicationFactory(service=True, policy={"access_token_format": "jwt"}))
    token = driver.token(**OWN).json()["access_token"]
    kid = jws.parse(token).header["kid"]
    SigningKey.objects.rotate("ES256", at_once=True)
    with ledger.later(300):
        key_rings.forget()
        assert jws.parse(driver.token(**OWN).json()["access_token"]).header["kid"] != kid
        assert kid in {key["kid"] for key in Browser().get(JWKS).json()["keys"]}
        assert ledger.is_good(token)
        SigningKey.objects.retire(kid)
        key_rings.forget()
        assert not ledger.is_good(token)
