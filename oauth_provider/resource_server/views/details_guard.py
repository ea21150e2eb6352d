"""Guard of a plain Django view by authorization details (RFC 9396 §9)."""

from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse

from oauth_provider.protocol.details_requirement import DetailsRequirement
from oauth_provider.protocol.errors import InsufficientAuthorizationDetails, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.audience import called_url
from oauth_provider.resource_server.authentication import authenticate
from oauth_provider.resource_server.proofs.bound_token import presented_scheme
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.resource_server.views.guard import check_csrf, is_signed_in, refusal_response, set_caller
from oauth_provider.resource_server.views.preflight import answer_preflight, is_preflight


@dataclass(frozen=True, slots=True)
class DetailsGuard:
    """Requirement of one view on authorization details. With ``session`` a signed-in person needs no token."""

    requirement: DetailsRequirement
    session: bool = False

    def refuse(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response to a refused caller, or None after setting ``request.user`` and ``request.auth``."""
        if is_preflight(request):
            return answer_preflight()
        try:
            token = self._token(request)
            if token is None:
                is_let_in = self.session and is_signed_in(request)
                return check_csrf(request) if is_let_in else refusal_response(None)
            if self.requirement.met_by(token.authorization_details, called_url(request)) is None:
                raise InsufficientAuthorizationDetails(Reason.TOKEN_LACKS_DETAILS)
        except OAuthError as error:
            return refusal_response(error, scheme=presented_scheme(request.headers.get("Authorization", "")))
        set_caller(request, token)
        return None

    async def arefuse(self, request: HttpRequest) -> HttpResponse | None:
        """Do what ``refuse`` does, for async code: a verifier may query a database."""
        return await sync_to_async(self.refuse)(request)

    def _token(self, request: HttpRequest) -> AccessToken | None:
        """Return the token of ``request``, or the one that an outer guard has already verified."""
        known = getattr(request, "auth", None)
        return known if isinstance(known, AccessToken) else authenticate(request)
