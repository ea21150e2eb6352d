"""A2, code injection and replay: a stolen code is worth nothing, and its owner can still redeem it (RFC 9700 §4.5)."""

from typing import Any

import pytest

from oauth_provider.models import Authorization
from tests import ledger
from tests.driver import Driver, signed_in, verifier
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.5")]

OTHER = "https://app.example.com/other"


@pytest.fixture(params=[{}, {"public": True}], ids=["confidential", "public"])
def victim(request: pytest.FixtureRequest) -> Driver:
    return signed_in(**request.param)


@each("kind", [{}, {"public": True}], ids=["confidential", "public"])
@each("knows_verifier", [True, False])
def test_another_clients_credentials(victim: Driver, kind: dict[str, Any], knows_verifier: bool) -> None:
    code = victim.code()
    thief = Driver(ApplicationFactory(**kind))
    if knows_verifier:
        thief.code_verifier = victim.code_verifier
    with ledger.unchanged():
        ledger.refused(thief.redeem(code), "invalid_grant")
    assert victim.redeem(code).status_code == 200


@each(
    "form",
    [
        {"code_verifier": "another-session-of-the-same-client-1234567890"},
        {"code_verifier": None},
        {"redirect_uri": OTHER},
        {"redirect_uri": "https://evil.example.com/callback"},
    ],
    ids=str,
)
def test_another_sessions_verifier_or_redirect_uri(victim: Driver, form: dict[str, Any]) -> None:
    code = victim.code()
    with ledger.unchanged():
        ledger.refused(victim.redeem(code, **form), "invalid_grant")
    assert victim.redeem(code).status_code == 200


def test_a_code_injected_into_another_session_of_the_same_client(victim: Driver) -> None:
    stolen, own = victim.code(), victim.code_verifier
    victim.code_verifier = verifier()
    victim.code()
    with ledger.unchanged():
        ledger.refused(victim.redeem(stolen), "invalid_grant")
    assert victim.redeem(stolen, code_verifier=own).status_code == 200


def test_of_twenty_redemptions_one_succeeds_and_the_replay_kills_its_tokens(victim: Driver) -> None:
    code = victim.code()
    answers = [victim.redeem(code) for _ in range(20)]
    assert [answer.status_code for answer in answers] == [200] + [400] * 19
    tokens = answers[0].json()
    assert not ledger.is_good(tokens["access_token"])
    assert ledger.is_over(tokens["access_token"])
    ledger.refused(victim.refresh(tokens["refresh_token"]), "invalid_grant")
    assert Authorization.objects.get().revoked_reason == "code_replay"


def test_twenty_injections_do_not_spend_it(victim: Driver) -> None:
    code = victim.code()
    with ledger.unchanged():
        for _ in range(20):
            ledger.refused(victim.redeem(code, code_verifier=verifier()), "invalid_grant")
    assert victim.redeem(code).status_code == 200
