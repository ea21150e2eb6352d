"""Keys that the project gives (``SIGNING_KEYS``, ``SIGNER``), and what the checks say of keys that will not do."""

import hashlib
import io
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from oauth_provider.checks import signing_keys
from oauth_provider.models import SigningKey
from oauth_provider.protocol import jws
from oauth_provider.tokens.key_ring import algorithms, forget, key_ring
from tests import ledger
from tests.each import each
from tests.factories import ApplicationFactory
from tests.jose_keys import b64, key, private_jwk

PRIVATE = ec.derive_private_key(
    int.from_bytes(hashlib.sha256(b"a key of the tests").digest(), "big") >> 1, ec.SECP256R1()
)
NUMBERS = PRIVATE.public_key().public_numbers()
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class HardwareSigner:
    """A key that stays in its place: the example of an external signer, in memory."""

    alg = "ES256"
    public_jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": b64(NUMBERS.x.to_bytes(32, "big")),
        "y": b64(NUMBERS.y.to_bytes(32, "big")),
        "kid": "in-hardware",
    }

    def sign(self, message):
        """R and S, 32 bytes each."""
        r, s = utils.decode_dss_signature(PRIVATE.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class DerSigner(HardwareSigner):
    """What a KMS answers, if nobody looks."""

    def sign(self, message):
        return PRIVATE.sign(message, ec.ECDSA(hashes.SHA256()))


def signers():
    return [HardwareSigner()]


def der_signers():
    return [DerSigner()]


def strangers():
    return [object()]


def given(settings, *keys, **others):
    """The settings of the tests with these keys in place of theirs."""
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": list(keys), **others}
    forget()


def external(settings, function):
    """The settings of the tests with this signer in place of their keys."""
    settings.OAUTH_PROVIDER = {
        **settings.OAUTH_PROVIDER,
        "SIGNING_KEYS": None,
        "SIGNER": f"{__name__}.{function.__name__}",
    }
    forget()


def said(check, **kwargs):
    messages = check(None, **kwargs)
    assert all(message.hint for message in messages)
    return [message.id.removeprefix("oauth_provider.") for message in messages]


def test_the_first_of_an_algorithm_signs_and_all_are_published(settings):
    given(settings, private_jwk("ES256"), private_jwk("ES256", 1), dict(key("RS256").public_jwk), private_jwk("EdDSA"))
    ring = key_ring()
    assert {alg: made.kid for alg, made in ring.signers.items()} == {
        "ES256": key("ES256").kid,
        "EdDSA": key("EdDSA").kid,
    }
    assert algorithms() == ("ES256", "EdDSA")
    assert [made.kid for made in ring.published] == [
        key("ES256").kid,
        key("ES256", 1).kid,
        key("RS256").kid,
        key("EdDSA").kid,
    ]


def test_given_keys_are_read_without_a_database(settings):
    given(settings, PEM)
    assert key_ring().signer("ES256").public_jwk["x"] == HardwareSigner.public_jwk["x"]


def test_a_jwk_may_be_given_as_json_and_keeps_its_kid(settings):
    given(settings, json.dumps({**private_jwk("PS256"), "kid": "2026"}))
    assert key_ring().signer("PS256").kid == "2026"


@each(
    "keys",
    [
        [{}],
        ["nonsense"],
        ["-----BEGIN nonsense"],
        [1],
        [None],
        [{"kty": "oct", "k": "c2VjcmV0"}],
        [private_jwk("ES256"), private_jwk("ES256")],
        [private_jwk("ES256") | {"kid": "same"}, private_jwk("EdDSA") | {"kid": "same"}],
        [],
        [dict(key("ES256").public_jwk)],
    ],
    ids=lambda keys: f"{len(keys)} keys",
)
def test_keys_that_will_not_do_are_found_by_a_check(settings, keys):
    given(settings, *keys)
    assert said(signing_keys.check_given_keys) == ["E020"]


@each("keys", [[{}], ["nonsense"], [private_jwk("ES256")] * 2], ids=len)
def test_given_keys_that_cannot_be_used_are_refused_without_being_shown(settings, keys):
    given(settings, *keys)
    with pytest.raises(ImproperlyConfigured) as caught:
        key_ring()
    assert private_jwk("ES256")["d"] not in str(caught.value)


def test_two_places_for_keys_are_one_too_many(settings):
    given(settings, PEM, SIGNER=f"{__name__}.signers")
    assert said(signing_keys.check_given_keys) == ["E020"]


def test_an_unknown_algorithm_is_found_by_a_check(settings):
    given(settings, PEM, SIGNING_ALGORITHMS=["HS256"])
    assert said(signing_keys.check_given_keys) == ["E020"]


def test_a_key_signs_for_longer_than_it_waits(settings):
    given(settings, PEM, SIGNING_KEY_LIFETIME=3600, SIGNING_KEY_LEAD=3600)
    assert said(signing_keys.check_given_keys) == ["E020"]


def test_without_rs256_most_clients_get_no_id_token(settings):
    given(settings, PEM)
    assert said(signing_keys.check_default_algorithm) == ["W011"]
    settings.OAUTH_PROVIDER = {"SIGNING_ALGORITHMS": ["ES256"]}
    assert said(signing_keys.check_default_algorithm) == ["W011"]


@pytest.mark.django_db
@each("action", [["rotate"], ["retire", "x"], ["reencrypt"]])
def test_given_keys_are_no_business_of_the_command(settings, action):
    given(settings, PEM)
    with pytest.raises(CommandError, match="SIGNING_KEYS"):
        call_command("oauth_keys", *action)
    output = io.StringIO()
    call_command("oauth_keys", "list", stdout=output)
    assert output.getvalue().endswith("given, signs\n")


# -- an external signer ----------------------------------------------------------------------------------------


def test_an_external_signer_signs_and_its_key_is_published(settings):
    external(settings, signers)
    token = jws.sign({"sub": "1"}, key_ring().signer("ES256"))
    assert jws.verify(token, key_ring().published, algorithms=["ES256"]).header["kid"] == "in-hardware"
    assert said(signing_keys.check_given_keys) == said(signing_keys.check_signer) == []


def test_a_signer_whose_signatures_are_no_jws_is_found_by_a_check(settings):
    external(settings, der_signers)
    assert said(signing_keys.check_signer) == ["E022"]


def test_a_signer_that_is_none_is_found_by_a_check(settings):
    external(settings, strangers)
    assert said(signing_keys.check_given_keys) == ["E020"]
    assert said(signing_keys.check_signer) == []


# -- keys in the database --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_check_looks_at_the_database_only_if_asked_to(settings, django_assert_num_queries):
    settings.OAUTH_PROVIDER = {"SIGNING_ALGORITHMS": ["ES256"]}
    with django_assert_num_queries(0):
        assert said(signing_keys.check_stored_keys) == []


@pytest.mark.django_db
def test_what_a_fallback_sealed_and_what_nobody_can_open_is_found(settings):
    settings.OAUTH_PROVIDER = {"SIGNING_ALGORITHMS": ["ES256"]}
    key_ring()
    assert SigningKey.objects.count() == 1
    assert said(signing_keys.check_stored_keys, databases=["default"]) == []
    old, settings.SECRET_KEY = settings.SECRET_KEY, "new"
    assert said(signing_keys.check_stored_keys, databases=["default"]) == ["E021"]
    settings.SECRET_KEY_FALLBACKS = ["other", old]
    assert said(signing_keys.check_stored_keys, databases=["default"]) == ["W010"]


@pytest.mark.django_db
def test_a_client_whose_algorithm_no_key_has_is_found(settings):
    ApplicationFactory(policy={"id_token_signed_response_alg": "PS256"})
    ApplicationFactory(policy={"id_token_signed_response_alg": "ES256"})
    assert said(signing_keys.check_policies, databases=["default"]) == []
    given(settings, PEM)
    assert said(signing_keys.check_policies) == []
    assert said(signing_keys.check_policies, databases=["default"]) == ["W012"]


def changing_signers():
    """A KMS whose keys change, and that is out of order for a while."""
    if isinstance(KMS[0], Exception):
        raise KMS[0]
    return list(KMS)


class OtherSigner(HardwareSigner):
    """The next key of the same place."""

    public_jwk = {**HardwareSigner.public_jwk, "kid": "next"}


KMS = [HardwareSigner()]


@pytest.fixture
def kms(settings, monkeypatch):
    monkeypatch.setitem(globals(), "KMS", [HardwareSigner()])
    external(settings, changing_signers)
    return KMS


def test_external_keys_rotate_without_a_restart(kms):
    assert [key.kid for key in key_ring().published] == ["in-hardware"]
    kms.append(OtherSigner())
    assert len(key_ring().published) == 1
    with ledger.later(61):
        assert key_ring().signer("ES256").kid == "in-hardware"
        assert [key.kid for key in key_ring().published] == ["in-hardware", "next"]
    kms.reverse()
    with ledger.later(122):
        assert key_ring().signer("ES256").kid == "next"


def test_an_outage_leaves_the_keys_of_before(kms, caplog):
    before = key_ring()
    kms.insert(0, ConnectionError("no answer"))
    with ledger.later(61):
        assert key_ring() is before
        assert "no answer" in caplog.text
    kms.pop(0)
    with ledger.later(122):
        assert key_ring() is not before


def test_without_keys_of_before_an_outage_is_an_error(kms):
    kms.insert(0, ConnectionError("no answer"))
    with pytest.raises(ConnectionError):
        key_ring()
