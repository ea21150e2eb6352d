"""Client assertions (RFC 7523 §2.2): signed by a client, or wrongly, and sent."""

import time
import uuid
from typing import Any

from oauth_provider.protocol import jws
from oauth_provider.protocol.client_assertion import JWT_BEARER
from tests import jose_keys
from tests.driver import TOKEN, Driver, post
from tests.factories import ApplicationFactory
from tests.flows.request_objects import jwks

ISSUER = "https://auth.example.com"
GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


def signing_service(*algs: str, **policy: Any) -> Driver:
    """Return a service that authenticates with keys for ``algs``, and has no secret."""
    given = {"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(*(algs or ("ES256",))), **policy}
    application = ApplicationFactory(service=True, policy=given)
    application.secret = ""
    return Driver(application)


def assertion(driver: Driver, alg: str = "ES256", /, *, typ: str = "client-authentication+jwt", **changes: Any) -> str:
    """Return an assertion of the client; a change to None leaves a claim out."""
    now = int(time.time())
    client_id = driver.application.client_id
    claims = {"iss": client_id, "sub": client_id, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": uuid.uuid4().hex}
    given = {name: value for name, value in (claims | changes).items() if value is not None}
    return jws.sign(given, jose_keys.key(alg), typ=typ)


def present(driver: Driver, text: str, path: str = TOKEN, /, **form: Any) -> Any:
    """POST the assertion, and nothing else that says who calls."""
    return post(driver.browser, path, {**GRANT, "client_assertion": text, "client_assertion_type": JWT_BEARER, **form})
