"""``private_key_jwt`` (OpenID Connect Core §9, RFC 7523 §2.2): the client signs a short-lived JWT that is good once.

Nobody but the client can make one, so no secret of it can be stolen here. Which have come before is known to the cache;
while that does not answer nobody is let in, or what was overheard could be sent again.
"""

import time
from contextlib import suppress
from urllib.parse import urljoin

from django.urls import NoReverseMatch, reverse
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.authentication.attempt import Attempt
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.keys.verification import keys_for
from oauth_provider.clients.lookup import FoundClient
from oauth_provider.conf import provider_settings
from oauth_provider.protocol.client_assertion import (
    JWT_BEARER,
    MAX_LIFETIME,
    SKEW,
    ClientAssertion,
    client_id_in,
    verify_client_assertion,
)
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidClient, ServiceUnavailable
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.registration import PRIVATE_KEY_JWT
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, guarded_cache

METHOD = PRIVATE_KEY_JWT
# For how long assertions are taken of a client whose library makes them as they were made before, in seconds.
OLDER_LIFETIME = 3600


@sensitive_variables()
def credentials(request: ClientRequest) -> Credentials | None:
    """Return the assertion in the body, None if it holds none of this type. Raises ``InvalidClient``."""
    if request.form.get("client_assertion_type") != JWT_BEARER or "client_assertion" not in request.form:
        return None
    assertion = request.form["client_assertion"]
    return Credentials(METHOD, client_id_in(assertion), proof=assertion)


@sensitive_variables()
def verify(credentials: Credentials, found: FoundClient, request: ClientRequest, attempt: Attempt) -> None:
    """Check the signature and everything that is signed, and that it did not come before.

    Raises ``InvalidClient``, ``KeysUnavailable`` and, without the cache, ``ServiceUnavailable``.
    """
    policy = found.client.policy
    is_older = policy.takes_older_assertions
    assertion = verify_client_assertion(
        credentials.proof,
        keys_for(found.client, credentials.proof),
        client_id=found.client.client_id,
        issuer=request.issuer(),
        now=time.time(),
        algorithms=(alg,) if (alg := policy.token_endpoint_auth_signing_alg) else tuple(ALGORITHMS),
        endpoints=_endpoints(request) if is_older else (),
        max_lifetime=OLDER_LIFETIME if is_older else MAX_LIFETIME,
    )
    _spend(assertion, found.client.client_id)


def _endpoints(request: ClientRequest) -> tuple[str, ...]:
    """Return the URLs that older assertions are for (RFC 7523 §3, RFC 9126 §2): the token endpoint, and this one."""
    paths = [request.path] if request.path else []
    with suppress(NoReverseMatch):
        paths.append(reverse("oauth_provider:token"))
    return tuple(urljoin(request.issuer(), path) for path in paths)


def _spend(assertion: ClientAssertion, client_id: str) -> None:
    """Note that it came. Raises ``InvalidClient`` if it did before."""
    key = f"oauth_provider.jti.{digest(f'{client_id} {assertion.jti}')}"
    kept = max(1, round(assertion.exp - time.time()) + SKEW)
    try:
        is_first = guarded_cache(provider_settings.CACHE).add(key, 1, kept)
    except CacheUnavailable:
        raise ServiceUnavailable(Reason.REPLAYS_UNKNOWN) from None
    if not is_first:
        raise InvalidClient(Reason.CLIENT_ASSERTION_REPLAYED)
