"""The test kit of an API that stands alone: an issuer that is not there, with keys, tokens and outages (RFC 9068).

Nothing goes over a network: what the verifier would fetch is answered in this process. Tokens are really signed and
really verified, so what a test shows of a token holds for those of the real issuer.
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

    ``keys`` are published, the last of them signs. ``fetched`` counts how often the key set was asked for; while
    ``is_down``, nobody answers.
    """

    def __init__(self, issuer: str = "https://issuer.test", *, alg: str = "ES256") -> None:
        self.issuer, self.alg = issuer, alg
        self.keys: list[Key] = []
        self.fetched = 0
        self.is_down = False
        self.rotate()

    @property
    def jwks(self) -> dict[str, Any]:
        """What it publishes (RFC 7517 §5)."""
        return {"keys": [dict(key.public_jwk) for key in self.keys]}

    def rotate(self) -> Key:
        """Sign with a new key from now on; those before it stay published.

        A verifier asks for keys every ten seconds at most: one that has just done so refuses the new key until then.
        """
        key, _private = generate_key(self.alg)
        self.keys.append(key)
        return key

    def retire(self, kid: str) -> None:
        """Publish this key no more."""
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
        """A signed access token. With ``sub=None`` it is the client's own.

        ``resource`` is by default what ``RESOURCE`` names. ``claims`` are added or put in the place of others; None
        leaves one out. ``typ`` and ``key`` are for tokens that must be refused.
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
        """Until the end of the block this issuer's tokens are good here, and are verified as JWTs.

        In one block within another the tokens of both are.
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
        """What is at ``url``, if it is one of this issuer's. Raises ``FetchError`` while it is down."""
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
    """In the place of ``fetch``: what no fake issuer has is nowhere."""
    found = [answer for issuer in _served if (answer := issuer.answer(url)) is not None]
    return found[0] if found else Fetched(404, {}, b"")


def _answer(members: dict[str, Any]) -> Fetched:
    return Fetched(200, {"content-type": "application/json"}, json.dumps(members).encode())
