"""Software statements (RFC 7591 §2.3): what a trusted issuer signed counts for more than what a client says."""

import base64
import hmac
import json
import time
from typing import Any

import pytest
from django.core.cache import cache

from oauth_provider.checks import software_statements
from oauth_provider.clients.keys import jwks_uri
from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import Key, generate_key
from tests import ledger
from tests.checks.messages import said
from tests.client_keys import Publisher, jwks
from tests.each import each
from tests.registrar import Registrar, open_door

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2.3")]

ISSUER = "https://vendors.example.com"
KEY: Key = generate_key("ES256")[0]
OTHER: Key = generate_key("ES256")[0]
CLAIMS = {
    "iss": ISSUER,
    "software_id": "photo-book",
    "client_name": "Vouched Book",
    "redirect_uris": ["https://vouched.example.com/cb"],
}


@pytest.fixture
def trusting(settings: Any) -> Registrar:
    cache.clear()
    open_door(settings)
    settings.OAUTH_PROVIDER["SOFTWARE_STATEMENT_ISSUERS"] = {ISSUER: {"jwks": jwks(KEY)}}
    return Registrar()


def statement(key: Key = KEY, typ: str = "JWT", **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jws.sign(claims, key, typ=typ)


def forged(alg: str, **header: Any) -> str:
    """A statement that names ``alg`` and has no signature, or one by what everybody knows: the public key."""
    parts = [json.dumps(one).encode() for one in ({"alg": alg, **header}, CLAIMS)]
    message = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    known = hmac.digest(json.dumps(dict(KEY.public_jwk)).encode(), message, "sha256") if alg == "HS256" else b""
    return f"{message.decode()}.{base64.urlsafe_b64encode(known).rstrip(b'=').decode()}"


def test_what_is_signed_counts_and_comes_back_as_it_was(trusting: Registrar) -> None:
    signed = statement(exp=int(time.time()) + 60, unheard_of=1, client_id="mine", software_statement="x")
    made = trusting.made(software_statement=signed)
    assert (made["client_name"], made["software_id"]) == ("Vouched Book", "photo-book")
    assert made["redirect_uris"] == ["https://vouched.example.com/cb"]
    assert made["software_statement"] == signed
    assert made["client_id"] != "mine"


def test_no_update_overrides_what_was_vouched_for(trusting: Registrar) -> None:
    made = trusting.made(software_statement=statement())
    changes = {"software_statement": None, "redirect_uris": ["https://evil.example/"], "client_name": "Bank"}
    changed = trusting.put(made, **changes).json()
    assert (changed["client_name"], changed["redirect_uris"]) == ("Vouched Book", CLAIMS["redirect_uris"])
    newer = statement(client_name="Newer Book")
    assert trusting.put(changed, software_statement=newer).json()["client_name"] == "Newer Book"


@pytest.mark.spec("RFC 7591", "3.2.2")
@each(
    ("signed", "error"),
    [
        ("x", "invalid_software_statement"),
        ("a.b.c", "invalid_software_statement"),
        (statement(iss=None), "invalid_software_statement"),
        (statement(iss=["x"]), "invalid_software_statement"),
        (statement(OTHER), "invalid_software_statement"),
        (forged("none"), "invalid_software_statement"),
        (forged("HS256"), "invalid_software_statement"),
        (forged("ES256", kid=["x"]), "invalid_software_statement"),
        (forged("ES256", jwk=dict(OTHER.public_jwk), crit=["x"]), "invalid_software_statement"),
        (statement(typ="at+jwt"), "invalid_software_statement"),
        (statement(exp=1), "invalid_software_statement"),
        (statement(exp="soon"), "invalid_software_statement"),
        (statement(nbf=4_000_000_000), "invalid_software_statement"),
        (statement(iss="https://others.example.com"), "unapproved_software_statement"),
        (statement(redirect_uris="https://a.example/"), "invalid_redirect_uri"),
        (statement(client_name={"x": 1}), "invalid_client_metadata"),
    ],
)
def test_a_statement_that_is_not_good_is_refused_and_nothing_beside_it_counts(
    trusting: Registrar, signed: str, error: str
) -> None:
    with ledger.unchanged():
        response = trusting.post(software_statement=signed)
    assert (response.status_code, response.json()["error"]) == (400, error)


def test_the_keys_of_an_issuer_may_be_fetched(
    trusting: Registrar, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = Publisher(KEY)
    monkeypatch.setattr(jwks_uri, "fetch", net.fetch)
    keys = {"jwks_uri": f"{ISSUER}/jwks"}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SOFTWARE_STATEMENT_ISSUERS": {ISSUER: keys}}
    assert trusting.made(software_statement=statement())["client_name"] == "Vouched Book"
    for _ in range(3):
        assert trusting.post(software_statement=statement(OTHER)).status_code == 400
    assert len(net.asked) <= 2  # strangers cannot have it asked over and over


@each(
    ("trusted", "is_good"),
    [
        ({"jwks": jwks(KEY)}, True),
        ({"jwks_uri": "https://vendors.example.com/jwks"}, True),
        ({"jwks_uri": "http://vendors.example.com/jwks"}, False),
        ({"jwks": {"keys": []}}, False),
        ({"jwks": jwks(KEY), "jwks_uri": "https://vendors.example.com/jwks"}, False),
        ("https://vendors.example.com/jwks", False),
    ],
)
def test_an_issuer_without_keys_is_found_by_a_check(settings: Any, trusted: Any, is_good: bool) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SOFTWARE_STATEMENT_ISSUERS": {ISSUER: trusted}}
    assert said(software_statements.check_issuers) == ([] if is_good else ["E142"])


def test_a_door_may_ask_for_a_statement(settings: Any) -> None:
    open_door(settings, NEEDS_STATEMENT=True)
    settings.OAUTH_PROVIDER["SOFTWARE_STATEMENT_ISSUERS"] = {ISSUER: {"jwks": jwks(KEY)}}
    response = Registrar().post()
    assert (response.status_code, response.json()["error"]) == (400, "unapproved_software_statement")
    made = Registrar().made(software_statement=statement())
    assert Registrar().put(made, software_statement=None, contacts=["a@b.example"]).status_code == 200
    assert json.dumps(made)
