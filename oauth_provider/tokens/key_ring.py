"""The key ring (OpenID Connect Core §10.1.1): the keys of this moment, parsed once and kept in this process.

They come from ``SIGNING_KEYS``, or else from ``SIGNER`` or the database, which are asked again every minute, so
that a whole fleet rotates without a restart. Nothing is parsed for a request.
"""

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router
from django.utils.module_loading import import_string
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.models.signing_key import PUBLISHED, REREAD, SigningKey, State, private_jwk, states
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import ServerError
from oauth_provider.protocol.jose import JoseError, Key, external_key, parse_jwk, parse_pem
from oauth_provider.protocol.reason import Reason
from oauth_provider.sql.tenant import tenant_of

logger = logging.getLogger("oauth_provider.tokens")

PEM = "-----BEGIN"

# Whatever a ring depends on besides the rows.
Place: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """``signers`` by algorithm; ``published`` is the key set; ``known`` also verifies what ended keys signed."""

    signers: Mapping[str, Key]
    published: tuple[Key, ...]
    known: tuple[Key, ...]
    jwks: bytes = field(repr=False)
    etag: str

    def signer(self, alg: str) -> Key:
        """The key that signs with ``alg``. Raises ``ServerError`` where there is none."""
        if alg not in self.signers:
            raise ServerError(Reason.SIGNING_KEY_MISSING, detail=f"no key for {alg}: see manage.py check --database")
        return self.signers[alg]


@dataclass(frozen=True, slots=True)
class Kept:
    """A ring, what it was made of, and when it was read (``time.time``)."""

    ring: KeyRing
    source: Any
    read_at: float

    def is_fresh(self) -> bool:
        """Need it not be read again yet? What a setting holds never changes."""
        return isinstance(self.source, list | tuple) or abs(time.time() - self.read_at) < REREAD


# By what each was made of. Tenants that only pass by do not fill the memory.
MOST_RINGS = 500
_kept: dict[Place, Kept] = {}
_reading = threading.Lock()
# Parsing an RSA key takes as long as a hundred signatures: each is parsed once, by its ``kid`` and all that was read.
MOST_PARSED = 10_000
_parsed: dict[tuple[str, str], Key] = {}


def key_ring() -> KeyRing:
    """The keys of this moment. Raises ``ImproperlyConfigured`` where those that the project gave cannot be used."""
    source = _source()
    place = _place(source)
    if place is None:
        return _read(place, source)
    old = _of(place, source)
    if old is not None and old.is_fresh():
        return old.ring
    # Whoever has old keys at hand goes on with them while somebody else reads.
    reading = _reading
    if not reading.acquire(blocking=old is None):
        return old.ring  # type: ignore[union-attr] # it blocks where there are none
    try:
        newer = _of(place, source)
        if newer is not None and newer.is_fresh():
            return newer.ring
        return _read(place, source) if newer is None else _read_again(place, source, newer)
    finally:
        reading.release()


def forget() -> None:
    """Read the keys anew when they are next needed."""
    _kept.clear()


def algorithms() -> tuple[str, ...]:
    """Return the algorithms that can be signed with here, in the order of preference."""
    source = _source()
    return provider_settings.SIGNING_ALGORITHMS if source is None else tuple(key_ring().signers)


def configured_keys() -> tuple[Key, ...] | None:
    """The keys that the project gave; None where it gave none. Raises ``ImproperlyConfigured``."""
    try:
        if provider_settings.SIGNER:
            return _distinct(external_key(signer) for signer in import_string(provider_settings.SIGNER)())
        if provider_settings.SIGNING_KEYS is not None:
            return _distinct(_parse(given) for given in provider_settings.SIGNING_KEYS)
    except (JoseError, ImportError, TypeError, ValueError, AttributeError) as error:
        raise ImproperlyConfigured(f"The signing keys that were given cannot be used: {error}") from None
    return None


def _source() -> Any:
    return provider_settings.SIGNER or provider_settings.SIGNING_KEYS


def _place(source: Any) -> Place | None:
    """Return the place where a ring is kept; None where it may not be, since nobody can tell whose keys those are.

    The same keys make another ring where other algorithms are preferred.
    """
    if isinstance(source, list | tuple):
        return (id(source),)
    tenant = tenant_of(router.db_for_write(SigningKey))
    return None if tenant is None else (source, tenant, provider_settings.SIGNING_ALGORITHMS)


def _of(place: Place, source: Any) -> Kept | None:
    kept = _kept.get(place)
    return kept if kept is not None and kept.source is source else None


def _keep(place: Place | None, kept: Kept) -> None:
    if place is None:
        return
    if len(_kept) >= MOST_RINGS:
        _kept.clear()
    _kept[place] = kept


@sensitive_variables()
def _read_again(place: Place, source: Any, old: Kept) -> KeyRing:
    """Read the keys now; return those of before where that fails, so that an outage of a minute is none of ours."""
    try:
        return _read(place, source)
    except Exception:  # a database or a KMS fails in its own way
        logger.exception("The signing keys cannot be read. Those of before are used for another minute.")
        _keep(place, Kept(old.ring, source, time.time()))
        return old.ring


@sensitive_variables()
def _read(place: Place | None, source: Any) -> KeyRing:
    given = configured_keys()
    ring = _ring(_first_of_each(given), given, given) if given is not None else _from_database()
    # Within a transaction the keys may be our own, and be rolled back with it.
    if given is not None or not connections[router.db_for_write(SigningKey)].in_atomic_block:
        _keep(place, Kept(ring, source, time.time()))
    return ring


@sensitive_variables()
def _from_database() -> KeyRing:
    rows = SigningKey.objects.in_order()
    due = SigningKey.objects.due(rows, provider_settings.SIGNING_ALGORITHMS)
    if due:
        SigningKey.objects.make(due)
        rows = SigningKey.objects.in_order()
    found = states(rows, SigningKey.objects.now())
    keys = {row.kid: _parsed_public(row) for row in rows if found[row.kid] != State.RETIRED}
    preferred = provider_settings.SIGNING_ALGORITHMS
    # Those of the algorithm that most clients use come first: a few read no further.
    rows.sort(key=lambda row: (preferred.index(row.alg) if row.alg in preferred else len(preferred), row.generation))
    published = [keys[row.kid] for row in rows if found[row.kid] in PUBLISHED]
    signers = [signer for alg in preferred if (signer := _signer(rows, found, alg))]
    return _ring({key.alg: key for key in signers}, published, keys.values())


@sensitive_variables()
def _signer(rows: Iterable[SigningKey], found: Mapping[str, State], alg: str) -> Key | None:
    """The key that signs; where this process cannot open it, the last before it, which is published still."""
    able = [row for row in rows if row.alg == alg and found[row.kid] in (State.SIGNING, State.PREVIOUS)]
    for row in reversed(able):
        key = _parsed_private(row)
        if key is not None:
            return key
        logger.error("%s cannot be opened: its SECRET_KEY is gone.", row)
    return None


@sensitive_variables()
def _parsed_private(row: SigningKey) -> Key | None:
    # By what opens it, too: whoever has but the name of another tenant's key must not be given that.
    name = row.kid, digest(f"{row.alg} {row.sealed_private_jwk} {settings.SECRET_KEY}")
    if name not in _parsed:
        jwk = private_jwk(row)
        if jwk is None:
            return None
        try:
            _remember(name, parse_jwk(jwk, alg=row.alg, private=True))
        except JoseError:  # a report of it would show the key
            return None
    return _parsed[name]


def _parsed_public(row: SigningKey) -> Key:
    name = row.kid, digest(f"{row.alg} {json.dumps(row.public_jwk, sort_keys=True)}")
    if name not in _parsed:
        _remember(name, parse_jwk(row.public_jwk, alg=row.alg, private=False))
    return _parsed[name]


def _remember(name: tuple[str, str], key: Key) -> None:
    if len(_parsed) >= MOST_PARSED:
        _parsed.clear()
    _parsed[name] = key


@sensitive_variables()
def _parse(given: str | Mapping[str, Any]) -> Key:
    if isinstance(given, str):
        return parse_pem(given) if given.lstrip().startswith(PEM) else parse_jwk(json.loads(given))
    return parse_jwk(given)


def _distinct(keys: Iterable[Key]) -> tuple[Key, ...]:
    listed = tuple(keys)
    if len({key.kid for key in listed}) != len(listed):
        raise ValueError("two of them have the same kid")
    return listed


def _first_of_each(keys: Iterable[Key]) -> dict[str, Key]:
    signers: dict[str, Key] = {}
    for key in keys:
        if key.can_sign:
            signers.setdefault(key.alg, key)
    return signers


def _ring(signers: Mapping[str, Key], published: Iterable[Key], known: Iterable[Key]) -> KeyRing:
    listed = tuple(published)
    jwks = json.dumps({"keys": [dict(key.public_jwk) for key in listed]}).encode()
    return KeyRing(signers, listed, tuple(known), jwks, f'"{hashlib.sha256(jwks).hexdigest()[:32]}"')


def _start_anew() -> None:
    """In a forked process nobody reads yet, though the lock may have come along locked."""
    global _reading  # noqa: PLW0603 - one lock for each process
    _reading = threading.Lock()


os.register_at_fork(after_in_child=_start_anew)
