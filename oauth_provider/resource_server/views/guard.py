"""Guard of a plain Django view (RFC 6750 §3, RFC 9470 §3): which callers may pass, and the answer to all others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware

from oauth_provider.protocol.bearer import BEARER
from oauth_provider.protocol.errors import (
    InsufficientScope,
    InsufficientUserAuthentication,
    OAuthError,
    ServiceUnavailable,
)
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.authentication import authenticate, user_of
from oauth_provider.resource_server.challenge import challenge
from oauth_provider.resource_server.database_outage import is_outage, mark_reported, unavailable
from oauth_provider.resource_server.needs import NOTHING, Needs
from oauth_provider.resource_server.proofs.bound_token import presented_scheme
from oauth_provider.resource_server.sign_in import SignIn
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.resource_server.users.session_user import active_session_user
from oauth_provider.resource_server.views.preflight import answer_preflight, is_preflight

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")


@dataclass(frozen=True, slots=True)
class Guard:
    """Requirements of one view: scopes, for the whole view or by HTTP method, and a sign-in.

    With ``session`` a signed-in person needs no token. Raises ``TypeError`` and ``ValueError`` for an impossible
    declaration.
    """

    requirements: ScopeRequirement | Mapping[str, ScopeRequirement]
    sign_in: SignIn = field(default_factory=SignIn)
    session: bool = False

    @classmethod
    def from_declaration(cls, declaration: Any, sign_in: SignIn, session: bool) -> "Guard":
        """Return the guard for one scope, a list of scopes that are all needed, or a ``ScopeRequirement``.

        ``declaration`` may also be a dictionary of these by HTTP method, in capitals.
        """
        if not isinstance(declaration, Mapping):
            return cls(ScopeRequirement.from_declaration(declaration), sign_in, session)
        misspelt = [name for name in declaration if name not in METHODS]
        if misspelt or not declaration:
            raise ValueError(f"{misspelt} are no HTTP methods in capitals." if misspelt else "No method has a scope.")
        requirements = {name: ScopeRequirement.from_declaration(one) for name, one in declaration.items()}
        return cls(requirements, sign_in, session)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return every scope that is named."""
        every = self.requirements.values() if isinstance(self.requirements, Mapping) else [self.requirements]
        requirement = ScopeRequirement.union(every)
        return requirement.scopes if requirement else ()

    def requirement(self, method: str) -> ScopeRequirement | None:
        """Return the scopes for ``method``, or None where the view does not have it.

        HEAD is GET, OPTIONS any of them.
        """
        if isinstance(self.requirements, ScopeRequirement):
            return self.requirements
        found = self.requirements.get(method) or (self.requirements.get("GET") if method == "HEAD" else None)
        return ScopeRequirement.union(self.requirements.values()) if found is None and method == "OPTIONS" else found

    def refuse(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response to a refused caller, or None after setting ``request.user`` and ``request.auth``."""
        if is_preflight(request):
            return answer_preflight(self.requirements if isinstance(self.requirements, Mapping) else ())
        requirement, token = self.requirement(request.method or ""), None
        try:
            token = authenticate(request)
            if token is not None:
                self._check(token, requirement)
            is_let_in = token is not None or (self.session and is_signed_in(request))
        except OAuthError as error:
            scheme = presented_scheme(request.headers.get("Authorization", ""))
            return refusal_response(error, self._needs(requirement, token), scheme=scheme)
        if not is_let_in:
            return refusal_response(None, self._needs(requirement, None))
        if requirement is None:
            return HttpResponseNotAllowed(self.requirements if isinstance(self.requirements, Mapping) else ())
        if token is None:
            return check_csrf(request)
        set_caller(request, token)
        return None

    async def arefuse(self, request: HttpRequest) -> HttpResponse | None:
        """Do what ``refuse`` does, for async code: a verifier may query a database."""
        return await sync_to_async(self.refuse)(request)

    def _check(self, token: AccessToken, requirement: ScopeRequirement | None) -> None:
        if requirement is not None and not requirement.is_met_by(token.scopes):
            scope = requirement.nearest(token.scopes)
            raise InsufficientScope(Reason.TOKEN_LACKS_SCOPE, scope=scope)
        if not self.sign_in.is_met_by(token):
            raise InsufficientUserAuthentication(Reason.TOKEN_SIGN_IN_TOO_OLD)

    def _needs(self, requirement: ScopeRequirement | None, token: AccessToken | None) -> Needs:
        scope = requirement.nearest(token.scopes if token else ()) if requirement else ()
        return Needs(scope=scope) & self.sign_in.needs


def refusal_response(
    error: OAuthError | None, needs: Needs = NOTHING, resource: str | None = None, *, scheme: str = BEARER
) -> HttpResponse:
    """Return a refusal as JSON, with its challenge (RFC 6750 §3). ``error`` is None where no token was sent.

    ``scheme`` is the one the token was sent with, and ``resource`` the URI that was called, as for ``challenge``.
    """
    body = error.parameters() if error else {"detail": "An access token is needed."}
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, ServiceUnavailable):
        headers["Retry-After"] = str(error.retry_after)  # another token would not help
    else:
        headers["WWW-Authenticate"] = challenge(error, needs, resource, scheme=scheme)
    response = JsonResponse(body, status=error.status if error else 401, headers=headers)
    return mark_reported(response) if isinstance(error, ServiceUnavailable) else response


def is_signed_in(request: HttpRequest) -> bool:
    """Is an active user signed in by a session? ``request.user`` is then that user.

    Raises ``ServiceUnavailable`` where the session's database does not answer.
    """
    try:
        return active_session_user(request) is not None
    except Error as error:
        if not is_outage(error):
            raise
        raise unavailable(error) from error


def check_csrf(request: HttpRequest) -> HttpResponse | None:
    """Return Django's answer to a forged request, or None.

    The view itself is exempt, since tokens cannot be forged so.
    """
    check, view = CsrfViewMiddleware(lambda _: HttpResponse()), cast(Any, None)
    check.process_request(request)
    return check.process_view(request, view, (), {})


def set_caller(request: HttpRequest, token: AccessToken) -> None:
    """Set ``request.user``, ``request.auser`` and ``request.auth`` to those of ``token``."""
    user = user_of(token)

    async def auser() -> Any:
        return user

    caller: Any = request
    caller.user, caller.auser, caller.auth = user, auser, token
