"""Guard for django-ninja (RFC 6750 §3.1): ``auth=OAuth("notes:read")`` on an operation, a router or an API."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.security.http import HttpAuthBase

from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.authentication import is_left_to_next
from oauth_provider.resource_server.proofs.key_binding import add_proof_headers
from oauth_provider.resource_server.sign_in import SignIn
from oauth_provider.resource_server.views.guard import Guard


class Refusal(HttpError):
    """A refused call. Without ``answer_refusals`` the status is right, but the challenge is missing."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code, response.reason_phrase)
        self.response = response


class OAuth(HttpAuthBase):
    """Auth class that lets callers pass whose token holds ``scopes``; same arguments as ``@requires_scopes``.

    ``request.user`` and ``request.auth`` are the token's. Call ``answer_refusals(api)`` once for the challenges.
    Raises ``TypeError`` where no scope is named, and ``ValueError`` where one is not a scope token.
    """

    openapi_scheme = "bearer"

    def __init__(
        self,
        *scopes: str | ScopeRequirement | Mapping[str, Any],
        session: bool = False,
        acr: str | Iterable[str] = (),
        max_age: int | None = None,
    ) -> None:
        super().__init__()
        declaration: Any = scopes[0] if len(scopes) == 1 else scopes
        self.guard = Guard.from_declaration(declaration, SignIn.of(acr, max_age), session)

    def __call__(self, request: HttpRequest) -> Any:
        """Return the token, or the user of a session, or None to leave the call to the next ``auth``.

        Raise ``Refusal``.

        None is for tokens that ``UNKNOWN_BEARER_TOKENS`` leaves; ninja answers 401 if no other ``auth`` takes
        them.
        """
        try:
            if is_left_to_next(request):
                return None
        except OAuthError:
            pass  # the guard says so
        refusal = self.guard.refuse(request)
        if refusal is not None:
            raise Refusal(add_proof_headers(refusal, request))
        return getattr(request, "auth", None) or getattr(request, "user", None)


def answer_refusals(api: NinjaAPI) -> None:
    """Make ``api`` answer refused calls with their challenge (RFC 6750 §3)."""
    handlers: Any = api
    handlers.add_exception_handler(Refusal, lambda request, refusal: refusal.response)
