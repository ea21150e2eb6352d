"""Keys of an issuer (RFC 7517 §5, RFC 8414 §3): found by its metadata, fetched seldom, and cached.

The first thread that finds old keys fetches new ones, while all others go on with the old. An unknown ``kid`` makes us
fetch at once, but not again and again: a forged ``kid`` must not make this server flood another. While the issuer does
not answer, its last keys stay in use.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from oauth_provider.fetch import Fetched, FetchError, Limits, fetch
from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.protocol.issuer import issuer_path, well_known_url
from oauth_provider.protocol.jose import JoseError, Key, parse_jwks
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.strict_json import parse_object
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.process_lock import ProcessLock

logger = logging.getLogger("oauth_provider.resource_server")

# Between two attempts at one issuer, however they end, in seconds.
PAUSE = 10.0
# For so long keys serve while their issuer does not answer, since it last did.
MAX_AGE = 86_400.0
LONG_AGO = float("-inf")
METADATA = ("oauth-authorization-server", "openid-configuration")


@dataclass(slots=True)
class IssuerKeys:
    """Keys of ``issuer``; iterating over them fetches them. One instance serves the process.

    Raises ``ServiceUnavailable`` where no keys are known.
    """

    issuer: str
    _keys: tuple[Key, ...] = ()
    _document: bytes = field(default=b"", repr=False)
    _fetched_at: float = LONG_AGO
    _tried_at: float = LONG_AGO
    _turn: ProcessLock = field(default_factory=ProcessLock, repr=False)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.current())

    def current(self) -> tuple[Key, ...]:
        """Return the present keys, or the last known ones."""
        age = time.monotonic() - self._fetched_at
        if age < conf.jwt.keys_lifetime:
            return self._keys
        is_kept = age < MAX_AGE
        # Whoever has keys at hand goes on with them while somebody else fetches.
        if not self._turn.acquire(blocking=not is_kept):
            return self._keys
        try:
            if time.monotonic() - self._fetched_at >= conf.jwt.keys_lifetime:  # nobody did meanwhile
                self._fetch_unless_just_tried()
        finally:
            self._turn.release()
        if time.monotonic() - self._fetched_at >= MAX_AGE:
            detail = f"no keys: {self.issuer}"
            raise ServiceUnavailable(Reason.VERIFIER_AWAY, detail=detail)
        return self._keys

    def with_key(self, kid: str) -> tuple[Key, ...]:
        """Return the keys, fetched again if none of them has this ``kid``.

        Raises ``ServiceUnavailable`` where that is needed and the issuer does not answer: the token may be
        good.
        """
        with self._turn:
            if not any(key.kid == kid for key in self._keys):
                self._fetch_unless_just_tried()
                if self._tried_at > self._fetched_at:
                    detail = f"unknown kid, and no answer: {self.issuer}"
                    raise ServiceUnavailable(Reason.VERIFIER_KEYS_AWAY, detail=detail)
            return self._keys

    def _fetch_unless_just_tried(self) -> None:
        started = time.monotonic()
        if started - self._tried_at < PAUSE:
            return
        self._tried_at = started
        try:
            document = fetch_keys(self.issuer)
            if document != self._document:  # parsing an RSA key costs as much as a hundred signatures
                self._keys, self._document = read_keys(document), document
            # In this order: ``_tried_at`` is the later one only where the issuer gave no answer.
            self._fetched_at = self._tried_at
        except (FetchError, JoseError) as error:
            logger.warning("The keys of %s cannot be had: %s", self.issuer, error)


def fetch_keys(issuer: str) -> bytes:
    """Return the JWK Set of ``issuer``, unparsed. Raise ``FetchError``."""
    url = conf.jwt.jwks_uris.get(issuer) or find_jwks_uri(issuer)
    is_named_by_operator = issuer in conf.jwt.jwks_uris or urlsplit(url).netloc == urlsplit(issuer).netloc
    answer = _get(url, is_configured=is_named_by_operator)
    if answer.status != 200:
        raise FetchError(f"{url!r} answers {answer.status}.")
    return answer.body


def find_jwks_uri(issuer: str) -> str:
    """Return the ``jwks_uri`` in the metadata of ``issuer`` (RFC 8414 §3.2). Raise ``FetchError``."""
    places = [well_known_url(issuer, name) for name in METADATA]
    if issuer_path(issuer):  # OpenID Connect Discovery §4.1 appends it
        places.append(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    for place in places:
        answer = _get(place, is_configured=True)
        if answer.status == 200:
            return _jwks_uri(answer, issuer)
    raise FetchError(f"{issuer!r} has no metadata.")


def read_keys(document: bytes) -> tuple[Key, ...]:
    """Return the keys in a JWK Set that can verify here. Raise ``JoseError`` where there is none."""
    try:
        keys = parse_jwks(parse_object(document.decode()))
    except ValueError as error:
        raise JoseError(f"The key set is malformed: {error}") from None
    if not keys:
        raise JoseError("The key set holds no key that verifies here.")
    return keys


def _jwks_uri(answer: Fetched, issuer: str) -> str:
    try:
        members = parse_object(answer.body.decode())
    except ValueError as error:
        raise FetchError(f"The metadata of {issuer!r} is malformed: {error}") from None
    # RFC 8414 §3.3: whoever calls itself something else is somebody else.
    if members.get("issuer") != issuer or not isinstance(members.get("jwks_uri"), str):
        raise FetchError(f"The metadata is not that of {issuer!r}, or names no jwks_uri.")
    return str(members["jwks_uri"])


def _get(url: str, *, is_configured: bool) -> Fetched:
    limits = Limits(timeout=conf.jwt.timeout, is_configured=is_configured)
    return fetch(url, limits, headers={"Accept": "application/json, application/jwk-set+json"})
