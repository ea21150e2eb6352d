"""Test kit of an API without a provider: a fake issuer with keys, tokens and outages (RFC 9068).

No request leaves the process: what the verifier would fetch is answered here. Tokens are really signed and really
verified, so tests with them hold for tokens of the real issuer.
"""

import json
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.test.utils import override_settings

from oauth_provider.fetch import Fetched, FetchError
from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP
from oauth_provider.protocol.issuer import well_known_url
from oauth_provider.protocol.jose import Key, generate_key
from oauth_provider.resource_server.conf import NAME, conf, forget_verifiers
from oauth_provider.resource_server.verifiers import jwks

VERIFIER = "oauth_provider.resource_server.verifiers.JWTVerifier"
# What Django's test client calls; a token for it is good wherever no RESOURCE is set.
HERE = "http://testserver"


class FakeIssuer:
    """An authorization server as an API sees it: its name, its key set, its tokens.

    ``keys`` are published, the last of them signs. ``fetched`` counts requests for the key set; while ``is_down``
    is set, no request is answered.
    """

    def __init__(self, issuer: str = "https://issuer.test", *, alg: str = "ES256") -> None:
        self.issuer, self.alg = issuer, alg
        self.keys: list[Key] = []
        self.fetched = 0
        self.is_down = False
        self.rotate()

    @property
    def jwks(self) -> dict[str, Any]:
        """Return the published key set (RFC 7517 §5)."""
        return {"keys": [dict(key.public_jwk) for key in self.keys]}

    def rotate(self) -> Key:
        """Make a new key, sign with it from now on, and return it. Earlier keys stay published.

        A verifier fetches keys every ten seconds at most: one that has just done so refuses the new key until
        then.
        """
        key, _private = generate_key(self.alg)
        self.keys.append(key)
        return key

    def retire(self, kid: str) -> None:
        """Stop publishing the key ``kid``."""
        self.keys = [key for key in self.keys if key.kid != kid]

    def token(
        self,
        scopes: str | Iterable[str] = (),
        *,
        sub: str | None = "a-person",
        client: str = "a-client",
        resource: str | Iterable[str] = "",
        expires_in: float = 300,
        typ: str = TYP,
        key: Key | None = None,
        **claims: Any,
    ) -> str:
        """Return a signed access token. With ``sub=None`` it is the client's own.

        ``resource`` is ``RESOURCE`` by default, ``expires_in`` is in seconds. ``claims`` are added or replace
        others; None leaves one out. ``typ`` and ``key`` are for tokens that must be refused.
        """
        now = int(time.time())
        said: dict[str, Any] = {
            "iss": self.issuer,
            "sub": client if sub is None else sub,
            "aud": resource or conf.resource or HERE,
            "client_id": client,
            "exp": now + expires_in,
            "iat": now,
            "jti": uuid.uuid4().hex,
            "scope": scopes if isinstance(scopes, str) else " ".join(scopes),
        }
        if sub is not None:
            said |= {"auth_time": now, "authorization_id": str(uuid.uuid4())}
        said |= claims
        said["aud"] = said["aud"] if isinstance(said["aud"], str | None) else list(said["aud"])
        told = {name: value for name, value in said.items() if value is not None}
        return jws.sign(told, key or self.keys[-1], typ=typ)

    @contextmanager
    def serving(self) -> Iterator["FakeIssuer"]:
        """Accept this issuer's tokens, verified as JWTs, until the end of the ``with`` block.

        In nested blocks the tokens of all their issuers are accepted.
        """
        _served.append(self)
        options = {"VERIFIER": VERIFIER, "AUTHORIZATION_SERVERS": [one.issuer for one in _served]}
        forget_verifiers()
        try:
            with (
                override_settings(**{NAME: {**getattr(settings, NAME, {}), **options}}),
                patch.object(jwks, "fetch", _fetch),
            ):
                yield self
        finally:
            _served.remove(self)
            forget_verifiers()

    def answer(self, url: str) -> Fetched | None:
        """Return the document at ``url``, or None for a foreign URL. Raise ``FetchError`` while ``is_down``."""
        jwks_uri = conf.jwt.jwks_uris.get(self.issuer, f"{self.issuer}/jwks")
        documents = {
            jwks_uri: self.jwks,
            well_known_url(self.issuer, "oauth-authorization-server"): {"issuer": self.issuer, "jwks_uri": jwks_uri},
        }
        if url not in documents:
            return None
        if self.is_down:
            raise FetchError(f"{url!r} does not answer.")
        self.fetched += url == jwks_uri
        return _answer(documents[url])


_served: list[FakeIssuer] = []


def _fetch(url: str, *args: Any, **kwargs: Any) -> Fetched:
    """Answer instead of ``fetch``, with 404 for a URL that no fake issuer serves."""
    found = [answer for issuer in _served if (answer := issuer.answer(url)) is not None]
    return found[0] if found else Fetched(404, {}, b"")


def _answer(members: dict[str, Any]) -> Fetched:
    return Fetched(200, {"content-type": "application/json"}, json.dumps(members).encode())
