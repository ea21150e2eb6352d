"""Test kit of DRF APIs: calls with forced tokens that nobody issued, and ``run_code_flow`` for issued ones.

A forced token travels like any other, in the Authorization header through all of Django; only the verifier is replaced
during the call. So expiry, audience, masking and challenges are the real ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.test.utils import override_settings
from rest_framework.test import APIClient

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.conf import NAME
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.rest_framework.code_flow import ISSUER, given_issuer, run_code_flow

__all__ = ["OAuthAPIClient", "assert_requires_scopes", "run_code_flow", "verify"]

TOKEN = "a-token-of-the-test-kit"
_forced: ContextVar[AccessToken] = ContextVar("_forced")


def verify(token: str) -> AccessToken:
    """Return the forced token of this call. Raise ``InvalidToken`` for any other string."""
    if token != TOKEN:
        raise InvalidToken(Reason.TOKEN_UNKNOWN, detail="not the one of force_oauth")
    return _forced.get()


class OAuthAPIClient(APIClient):
    """DRF's ``APIClient`` with tokens: ``client.force_oauth(user, scopes=["notes:read"])``.

    During its calls a project that sets no ``ISSUER`` has one, ``https://issuer.test``, as in ``run_code_flow``.
    """

    _token: AccessToken | None = None

    def force_oauth(
        self,
        user: Any = None,
        *,
        scopes: str | Iterable[str] = (),
        client: Any = "test-client",
        resource: str | Iterable[str] = (),
        acr: str | None = None,
        auth_time: datetime | None = None,
        expires_in: int = 300,
        authorization_details: Iterable[Mapping[str, Any]] = (),
        context: str | None = None,
    ) -> AccessToken:
        """Send such a token with every further call, until ``logout()``, and return it.

        Without a user it is the client's own. ``client`` is a client_id or an ``Application``, ``resource`` the
        URI or URIs that the token is for, ``expires_in`` is in seconds; without ``auth_time`` the user signed
        in just now.
        """
        now = datetime.now(UTC)
        self._token = AccessToken(
            scope=scopes if isinstance(scopes, str) else " ".join(scopes),
            client_id=client if isinstance(client, str) else client.client_id,
            sub=None if user is None else str(user.pk),
            expires=now + timedelta(seconds=expires_in),
            issuer=ISSUER,
            issued_at=now,
            resources=(resource,) if isinstance(resource, str) else tuple(resource),
            auth_time=auth_time or (None if user is None else now),
            acr=acr,
            authorization_details=tuple(authorization_details),
            context=context,
            user=user,
            load_application=None if isinstance(client, str) else lambda: client,
        )
        self.credentials(HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
        return self._token

    def logout(self) -> None:
        """Drop the token, and the session if there is one."""
        self._token = None
        super().logout()

    def request(self, **kwargs: Any) -> Any:
        """Make one call, with the forced token if there is one."""
        with given_issuer():
            if self._token is None:
                return super().request(**kwargs)
            with _verified(self._token):
                return super().request(**kwargs)


@contextmanager
def _verified(token: AccessToken) -> Iterator[None]:
    options = {**getattr(settings, NAME, {}), "VERIFIER": f"{verify.__module__}.{verify.__qualname__}"}
    reset = _forced.set(token)
    try:
        with override_settings(**{NAME: options}):
            yield
    finally:
        _forced.reset(reset)


def assert_requires_scopes(
    url: str, method: str, scopes: str | Iterable[str], *, user: Any = None, data: Any = None, **options: Any
) -> Any:
    """Assert that a call needs all of ``scopes`` and no other, and return the response to a token that has them.

    The call is made without a token, then with all but one of the scopes, for each of them, then with all: so its
    side effects happen once. ``options`` go to the client's method, such as ``format="json"``.
    """
    needed = scopes.split() if isinstance(scopes, str) else list(scopes)
    client = OAuthAPIClient()

    def call() -> Any:
        return getattr(client, method.lower())(url, data, **options)

    missing = call()
    assert missing.status_code == 401, f"{method} {url} answers {missing.status_code} to a call without a token."
    told = missing["WWW-Authenticate"].partition('scope="')[2].partition('"')[0]
    assert set(told.split()) == set(needed), f"{method} {url} asks for {told!r}, not for {' '.join(needed)!r}."
    for scope in needed:
        client.force_oauth(user, scopes=[one for one in needed if one != scope])
        poor = call()
        assert poor.status_code == 403, f"{method} {url} answers {poor.status_code} to a token without {scope!r}."
        assert 'error="insufficient_scope"' in poor.headers.get("WWW-Authenticate", ""), f"{method} {url}: {poor.data}"
    client.force_oauth(user, scopes=needed)
    answer = call()
    assert answer.status_code not in {401, 403}, f"{method} {url} refuses a token with {' '.join(needed)!r}."
    return answer
