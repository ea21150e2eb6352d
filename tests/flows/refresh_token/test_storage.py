"""Storage of sign-ins (RFC 6819 §5.1.4.1): what the database reveals, to whom, and what its deletions end."""

import json

import pytest

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization
from oauth_provider.protocol.digest import digest
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.flows.refresh_token.sign_ins import revocation_of

pytestmark = pytest.mark.django_db


@pytest.mark.spec("RFC 6749", "10.3")
def test_the_database_alone_reveals_nothing(driver: Driver) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    dump = ledger.text()
    secrets = [code, driver.application.secret, driver.code_verifier]
    for answer in (tokens, renewed):
        family, secret = answer["refresh_token"].split("_")[1:]
        secrets += [answer["access_token"], answer["refresh_token"], family, secret, secret[:43]]
    for secret in filter(None, secrets):
        assert secret not in dump
        assert secret[-20:] not in dump


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_the_sealed_answer_opens_to_the_presented_token_alone(driver: Driver) -> None:
    from oauth_provider.protocol.sealed import unseal

    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    row = Authorization.objects.get()
    context = json.dumps([str(row.public_id), driver.application.client_id, None, [], []])
    assert unseal(row.sealed_answer, secret=tokens["refresh_token"], context=context) is not None
    for known in (renewed["refresh_token"], row.refresh_token_digest, row.previous_digest, row.family_digest or ""):
        assert unseal(row.sealed_answer, secret=known, context=context) is None
    assert renewed["access_token"] not in row.sealed_answer


@pytest.mark.spec("RFC 7009", "2.1")
def test_the_deletion_of_an_unexpired_access_token_revokes_its_authorization(driver: Driver) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    access_token_model().objects.get(token_checksum=digest(tokens["access_token"])).delete()
    assert revocation_of(driver) == "token_deleted"
    assert not ledger.is_good(renewed["access_token"])
    assert ledger.is_over(renewed["access_token"])
    ledger.refused(driver.refresh(renewed["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 7009", "2.1")
def test_the_deletion_of_an_expired_access_token_revokes_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    with ledger.later(3601):
        access_token_model().objects.all().delete()
        assert revocation_of(driver) == ""
        assert driver.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
@each("how", ["row", "queryset"])
def test_the_deletion_of_an_authorization_ends_its_tokens(driver: Driver, how: str) -> None:
    tokens = driver.tokens()
    Authorization.objects.get().delete() if how == "row" else Authorization.objects.all().delete()
    assert not ledger.is_good(tokens["access_token"])
    assert ledger.is_over(tokens["access_token"])
