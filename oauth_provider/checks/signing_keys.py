"""Checks of the signing keys (OpenID Connect Core §10.1): given keys can be used, stored ones can be decrypted."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, router

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.models import ClientPolicy, SigningKey
from oauth_provider.protocol.jose import ALGORITHMS, JoseError
from oauth_provider.tokens.key_ring import algorithms, configured_keys

DEFAULT = "RS256"
PROBE = b"oauth_provider.check"
# More of the same say no more.
MAX_MESSAGES = 10


@register(Tags.security)
def check_given_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E020: ``SIGNING_KEYS`` or ``SIGNER`` cannot be used, or both are set, or an algorithm is unknown."""
    if provider_settings.SIGNER and provider_settings.SIGNING_KEYS is not None:
        return [_unusable("SIGNER and SIGNING_KEYS are both set.", "Leave one of them out.")]
    unknown = [alg for alg in provider_settings.SIGNING_ALGORITHMS if alg not in ALGORITHMS]
    if unknown:
        hint = f"The algorithms are {', '.join(ALGORITHMS)}."
        return [_unusable(f"SIGNING_ALGORITHMS names {', '.join(map(repr, unknown))}.", hint)]
    lifetime, lead = provider_settings.SIGNING_KEY_LIFETIME, provider_settings.SIGNING_KEY_LEAD
    if lifetime is not None and lifetime <= lead:
        return [_unusable("SIGNING_KEY_LIFETIME is no longer than SIGNING_KEY_LEAD.", "Let a key sign for longer.")]
    try:
        keys = configured_keys()
    except ImproperlyConfigured as error:
        hint = "Each is a private JWK or PEM: RSA of 2048 bits or more, EC P-256 or Ed25519, each with its own kid."
        return [_unusable(str(error), hint)]
    signing = {key.alg for key in keys if key.can_sign} if keys is not None else set(ALGORITHMS)
    return [] if signing else [_unusable("No key that was given can sign.", "Give one private key at least.")]


@register(Tags.security)
def check_default_algorithm(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W011: no key signs with RS256, the default algorithm of clients (OpenID Connect Core §15.1)."""
    try:
        keys = configured_keys()
    except ImproperlyConfigured:
        return []
    signing = provider_settings.SIGNING_ALGORITHMS if keys is None else {key.alg for key in keys if key.can_sign}
    if DEFAULT in signing:
        return []
    return [
        Warning(
            "No key signs with RS256, which OpenID clients are given unless their policy names another algorithm.",
            hint="Add an RSA key, or set id_token_signed_response_alg in the policy of every OpenID client.",
            id="oauth_provider.W011",
        )
    ]


@register(Tags.database)
def check_policies(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W012: no key has the algorithm of a client, so it gets no ID tokens."""
    if router.db_for_write(ClientPolicy) not in (databases or ()):
        return []
    try:
        signing = algorithms()
        waiting = ClientPolicy.objects.exclude(id_token_signed_response_alg__in=signing)
        found = list(waiting.values_list("application__client_id", "id_token_signed_response_alg")[:MAX_MESSAGES])
    except (ImproperlyConfigured, DatabaseError):
        return []
    return [
        Warning(
            f"No key signs with {alg}, which the policy of the client {client_id!r} names.",
            hint=f"Choose one of {', '.join(signing)} in its policy, or add a key.",
            id="oauth_provider.W012",
        )
        for client_id, alg in found
    ]


@register(Tags.security, deploy=True)
def check_signer(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """E022: an external signer makes signatures that its own public key does not verify."""
    try:
        keys = (configured_keys() if provider_settings.SIGNER else None) or ()
        return [_wrong(key.alg) for key in keys if not key.verifies(PROBE, key.sign(PROBE))]
    except (ImproperlyConfigured, JoseError):
        return []


@register(Tags.database)
def check_stored_keys(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """E021: a private key cannot be decrypted. W010: one needs a fallback secret, and will be lost with it."""
    try:
        if router.db_for_write(SigningKey) not in (databases or ()) or configured_keys() is not None:
            return []
        rows = [row for row in SigningKey.objects.in_order() if row.sealed_private_jwk]
    except (ImproperlyConfigured, DatabaseError):  # E020 says so, or it is not migrated yet
        return []
    messages: list[CheckMessage] = []
    for row in rows:
        private, is_current = row.open()
        if private is None:
            messages.append(_lost(row))
        elif not is_current:
            messages.append(_sealed_under_fallback(row))
    return messages


def _unusable(message: str, hint: str) -> CheckMessage:
    return Error(message, hint=hint, id="oauth_provider.E020")


def _wrong(alg: str) -> CheckMessage:
    return Error(
        f"The {alg} key of OAUTH_PROVIDER['SIGNER'] makes signatures that it does not verify itself.",
        hint="ES256 wants R and S, 32 bytes each, not DER; PS256 wants a salt of 32 bytes (RFC 7518 §3).",
        id="oauth_provider.E022",
    )


def _lost(row: SigningKey) -> CheckMessage:
    return Error(
        f"{row} cannot be opened with SECRET_KEY or SECRET_KEY_FALLBACKS.",
        hint="Put the old SECRET_KEY into SECRET_KEY_FALLBACKS, or run manage.py oauth_keys rotate --now.",
        id="oauth_provider.E021",
    )


def _sealed_under_fallback(row: SigningKey) -> CheckMessage:
    return Warning(
        f"{row} is sealed under a secret of SECRET_KEY_FALLBACKS.",
        hint="Run manage.py oauth_keys reencrypt before you take that secret out.",
        id="oauth_provider.W010",
    )
