"""Signing keys at rest (OpenID Connect Core §10.1.1): sealed, and opened with the right secret only."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from oauth_provider.models import SigningKey
from oauth_provider.protocol import jws
from oauth_provider.protocol.errors import ServerError
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


def test_the_database_alone_gives_no_private_key_away(settings):
    signing()
    row = SigningKey.objects.get()
    private = json.loads(row.open()[0])["d"]
    assert private not in ledger.text()
    assert '"d"' not in ledger.text()
    settings.SECRET_KEY = "another"
    assert row.open() == (None, False)


def test_a_sealed_key_cannot_stand_in_for_another():
    signing()
    SigningKey.objects.rotate("ES256")
    first, second = SigningKey.objects.in_order()
    second.sealed_private_jwk = first.sealed_private_jwk
    assert second.open() == (None, False)


def test_a_new_secret_key_opens_what_a_fallback_sealed(settings):
    first = signing()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    forget()
    ring_module._parsed.clear()
    assert signing() == first
    assert "1 private keys" in run("reencrypt")
    assert "0 private keys" in run("reencrypt")
    settings.SECRET_KEY_FALLBACKS = []
    forget()
    ring_module._parsed.clear()
    assert signing() == first


def test_a_lost_secret_key_is_said_and_nothing_is_signed_with_another(settings):
    signing()
    settings.SECRET_KEY = "another"
    forget()
    ring_module._parsed.clear()
    with pytest.raises(ServerError):
        key_ring().signer("ES256")
    assert SigningKey.objects.count() == 1
    assert "cannot be opened" in run("list")
    with pytest.raises(CommandError, match="cannot be opened"):
        run("reencrypt")
    run("rotate", "--now")
    with ledger.later(125):
        assert signing() in published()


def test_a_process_without_the_newest_secret_signs_with_a_key_that_it_can_open(settings):
    first = signing()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "new"
    run("rotate", "--now")
    settings.SECRET_KEY = old
    forget()
    with ledger.later(125):
        assert signing() == first
        assert first in published()


def test_sweeping_blanks_the_private_half_of_what_signs_no_more():
    first = signing()
    run("rotate")
    assert SigningKey.objects.spent().count() == 0
    with ledger.later(LEAD + timedelta(hours=2).total_seconds()):
        call_command("oauth_sweep", stdout=io.StringIO())
        assert signing() != first
        assert first in published()
    assert [bool(row.sealed_private_jwk) for row in SigningKey.objects.in_order()] == [False, True]


def test_no_listing_holds_anything_private():
    private = json.loads(SigningKey.objects.in_order()[0].open()[0]) if signing() else {}
    shown = run("list") + run("list", "--json") + Browser().get("/oauth/jwks").content.decode()
    assert private["d"] not in shown
