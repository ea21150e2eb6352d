"""Races of signing keys on PostgreSQL (OpenID Connect Core §10.1.1): a whole fleet at once has one set of keys."""

from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.models import SigningKey
from oauth_provider.models.signing_key import states
from oauth_provider.tokens.key_ring import _from_database
from tests import ledger
from tests.threads import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    pytest.mark.spec("OIDC Core", "10.1.1"),
]

MANY = 20
DAY = 86400


@pytest.fixture(autouse=True)
def _keys_of_our_own(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {"ISSUER": "https://auth.example.com", "SIGNING_ALGORITHMS": ["ES256", "EdDSA"]}


def test_processes_that_start_at_once_end_with_one_key_for_each_algorithm() -> None:
    rings = together(*[_from_database] * MANY)
    assert SigningKey.objects.count() == 2
    assert len({ring.jwks for ring in rings}) == 1
    assert len({ring.signer("ES256").kid for ring in rings}) == 1


def test_processes_that_rotate_at_once_make_one_key() -> None:
    _from_database()
    with ledger.later(90 * DAY):
        together(*[_from_database] * MANY)
    assert SigningKey.objects.count() == 4


def test_operators_that_rotate_at_once_make_one_key() -> None:
    _from_database()
    together(*[lambda: SigningKey.objects.rotate("ES256")] * MANY)
    assert SigningKey.objects.filter(alg="ES256").count() == 2


def test_a_key_that_is_retired_by_many_leaves_one_that_signs() -> None:
    ring = _from_database()
    kid = ring.signer("ES256").kid
    together(*[lambda: SigningKey.objects.retire(kid)] * MANY)
    rows = SigningKey.objects.in_order()
    found = [states(rows, timezone.now())[row.kid] for row in rows if row.alg == "ES256"]
    assert sorted(found) == ["retired", "signing"]
    assert _from_database().signer("ES256").kid != kid
