"""The worked grant in docs/examples/ is a grant like ours: every rule answers, and a voucher is traded once."""

from typing import Any

import pytest

from docs.examples.vouchers import grant
from docs.examples.vouchers.models import Voucher
from oauth_provider.models import Authorization
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens.ending import Reason, revoke_authorizations
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "4.5")]

TEXT = "a-voucher-of-256-bits"


@pytest.fixture
def machine(settings: Any) -> Driver:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANTS": ["docs.examples.vouchers.grant"]}
    Voucher.objects.create(digest=digest(TEXT), user=UserFactory(), scope="notes:read")
    return Driver(ApplicationFactory(service=True, policy={"grant_types": [grant.grant_type]}))


def trade(machine: Driver, voucher: str = TEXT) -> Any:
    return machine.token(grant_type=grant.grant_type, voucher=voucher)


def test_a_voucher_is_traded_for_a_token_of_its_user(machine: Driver) -> None:
    answer = trade(machine).json()
    voucher = Voucher.objects.get()
    token = verify(answer["access_token"])
    assert (token.sub, token.scope) == (str(voucher.user.pk), "notes:read")
    assert voucher.spent_at is not None
    assert "refresh_token" not in answer


def test_a_voucher_is_traded_once(machine: Driver) -> None:
    assert trade(machine).status_code == 200
    with ledger.unchanged():
        ledger.refused(trade(machine), "invalid_grant")


def test_what_cannot_be_traded_changes_nothing(machine: Driver) -> None:
    with ledger.unchanged():
        ledger.refused(trade(machine, "another"), "invalid_grant")
        ledger.refused(trade(machine, ""), "invalid_request")
    voucher = Voucher.objects.get()
    voucher.user.is_active = False
    voucher.user.save()
    ledger.refused(trade(machine), "invalid_grant")
    assert Voucher.objects.get().spent_at is None


def test_its_sign_in_ends_like_any_other(machine: Driver) -> None:
    token = trade(machine).json()["access_token"]
    revoke_authorizations(Authorization.objects.all(), Reason.OPERATOR)
    assert not ledger.is_good(token)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_trade_one_voucher_one_gets_a_token(machine: Driver) -> None:
    answers = together(*[lambda: trade(machine).status_code] * 20)
    assert sorted(answers) == [200, *[400] * 19]
    assert Authorization.objects.count() == 1
