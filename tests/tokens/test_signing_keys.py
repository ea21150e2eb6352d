"""Signing keys in the database (OpenID Connect Core §10.1.1): made, rotated and kept without anybody's help."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import SigningKey
from oauth_provider.protocol import jose, jws
from oauth_provider.tokens import key_ring as ring_module
from oauth_provider.tokens.key_ring import forget, key_ring
from tests import ledger

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("OIDC Core", "10.1.1")]

DAY = 86400
LIFETIME, LEAD = 90 * DAY, DAY


@pytest.fixture(autouse=True)
def _keys_of_our_own(settings):
    """One algorithm, whose keys cost nothing to make."""
    ours = {**settings.OAUTH_PROVIDER, "SIGNING_ALGORITHMS": ["ES256"]}
    del ours["SIGNING_KEYS"]
    settings.OAUTH_PROVIDER = ours


def run(*arguments):
    """What the command says."""
    output = io.StringIO()
    call_command("oauth_keys", *arguments, stdout=output)
    return output.getvalue()


def listed():
    """Each state with its keys, as the command tells programs."""
    rows = json.loads(run("list", "--json"))
    return {state: [row["kid"] for row in rows if row["state"] == state] for state in {row["state"] for row in rows}}


def signing():
    """The ``kid`` that a token of this moment names."""
    return jws.parse(jws.sign({}, key_ring().signer("ES256"))).header["kid"]


def published():
    """The ``kid`` of each key in the key set."""
    return [jwk["kid"] for jwk in Browser().get("/oauth/jwks").json()["keys"]]


def test_the_first_use_makes_a_key_for_each_algorithm(settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_ALGORITHMS": list(jose.ALGORITHMS)}
    ring = key_ring()
    assert set(ring.signers) == set(jose.ALGORITHMS)
    assert SigningKey.objects.count() == len(jose.ALGORITHMS)
    forget()
    assert key_ring().jwks == ring.jwks


def test_kept_keys_cost_no_statement_and_are_parsed_once(monkeypatch):
    token = jws.sign({}, key_ring().signer("ES256"))
    monkeypatch.setattr(ring_module, "parse_jwk", None)
    with CaptureQueriesContext(connection) as captured:
        jws.verify(token, key_ring().known, algorithms=["ES256"])
        Browser().get("/oauth/jwks")
    assert len(captured) == 0
    with ledger.later(61), CaptureQueriesContext(connection) as captured:
        key_ring()
    assert len(captured) == 1


def test_what_is_read_in_a_transaction_is_not_kept():
    with transaction.atomic():
        rolled_back = signing()
        transaction.set_rollback(True)
    assert SigningKey.objects.count() == 0
    assert signing() != rolled_back
    assert published() == [signing()]


# -- rotation --------------------------------------------------------------------------------------------------


def test_a_key_is_published_before_it_signs_and_after():
    first = signing()
    with ledger.later(LIFETIME - LEAD - 60):
        assert published() == [first]
    with ledger.later(LIFETIME - LEAD + 60):
        assert signing() == first
        assert len(published()) == 2
        assert published()[0] == first
        second = published()[1]
    with ledger.later(LIFETIME - 60):
        assert signing() == first
    with ledger.later(LIFETIME + 60):
        assert signing() == second
        assert published() == [first, second]
    with ledger.later(LIFETIME + LEAD + 3600 - 60):  # the last token of the first key has just died
        assert published() == [first, second]
    with ledger.later(LIFETIME + LEAD + 3600 + 60):
        assert published() == [second]
        assert listed() == {"ended": [first], "signing": [second]}


def test_what_an_ended_key_signed_can_still_be_told_to_be_ours():
    token = jws.sign({}, key_ring().signer("ES256"))
    signing()
    with ledger.later(LIFETIME):
        signing()
    with ledger.later(2 * LIFETIME):
        assert jws.parse(token).header["kid"] not in published()
        assert jws.verify(token, key_ring().known, algorithms=["ES256"])


def test_a_server_that_slept_publishes_the_next_key_before_it_signs():
    first = signing()
    with ledger.later(3 * LIFETIME):
        assert signing() == first
        assert len(published()) == 2
    with ledger.later(3 * LIFETIME + LEAD + 60):
        assert signing() != first


def test_without_a_lead_a_key_still_waits_until_every_process_publishes_it(settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEY_LEAD": 0}
    first = signing()
    with ledger.later(LIFETIME + 60):
        assert signing() == first
        assert len(published()) == 2
    with ledger.later(LIFETIME + 200):
        assert signing() != first


def test_keys_of_some_projects_never_rotate(settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEY_LIFETIME": None}
    first = signing()
    with ledger.later(40 * LIFETIME):
        assert published() == [first]


def test_another_process_rotates_within_a_minute_without_a_restart():
    first = signing()
    SigningKey.objects.rotate("ES256")  # elsewhere: this process is told nothing
    assert published() == [first]
    with ledger.later(61):
        assert len(published()) == 2


@pytest.mark.spec("OIDF", "oidcc-server-rotate-keys")
def test_rotating_publishes_a_key_and_keeps_the_old_one():
    first = signing()
    assert "published, signs later" in run("rotate")
    assert signing() == first
    assert len(published()) == 2
    with ledger.later(LEAD + 60):
        assert signing() == published()[1]
        assert first in published()


def test_rotating_twice_makes_one_key():
    run("rotate")
    run("rotate")
    assert SigningKey.objects.count() == 2


def test_rotating_now_signs_once_every_process_publishes_the_key():
    first = signing()
    run("rotate", "--now")
    assert signing() == first
    assert len(published()) == 2
    with ledger.later(125):
        assert signing() == published()[1]


def test_a_key_that_waits_can_be_brought_forward():
    first = signing()
    run("rotate")
    run("rotate", "--now")
    with ledger.later(125):
        assert signing() != first
    assert SigningKey.objects.count() == 2


def test_rotating_an_algorithm_that_is_not_offered_is_an_error():
    with pytest.raises(CommandError, match="ES256"):
        run("rotate", "--alg", "RS256")


# -- retiring --------------------------------------------------------------------------------------------------


def test_a_retired_key_is_gone_at_once_and_another_signs():
    first = signing()
    token = jws.sign({}, key_ring().signer("ES256"))
    run("retire", first)
    assert first not in published()
    assert signing() != first
    with pytest.raises(jws.UnknownKey):
        jws.verify(token, key_ring().known, algorithms=["ES256"])
    assert SigningKey.objects.get(kid=first).sealed_private_jwk == ""


def test_retiring_the_key_that_signs_lets_the_next_one_begin():
    first = signing()
    run("rotate")
    second = next(kid for kid in published() if kid != first)
    run("retire", first)
    assert (signing(), published()) == (second, [second])


def test_retiring_a_key_that_waits_or_is_over_changes_nothing_else():
    first = signing()
    run("rotate")
    run("retire", next(kid for kid in published() if kid != first))
    assert (signing(), published()) == (first, [first])


@pytest.mark.parametrize("kid", ["nonsense", ""])
def test_retiring_what_is_not_there_is_an_error(kid):
    with pytest.raises(CommandError):
        run("retire", kid)


def test_a_key_is_retired_once():
    first = signing()
    run("retire", first)
    with pytest.raises(CommandError):
        run("retire", first)
    assert SigningKey.objects.count() == 2
