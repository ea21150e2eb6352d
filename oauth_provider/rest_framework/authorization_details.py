"""Permission by authorization details (RFC 9396 §9): is the token for exactly this operation?"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from rest_framework.request import Request

from oauth_provider.protocol.details_requirement import DESCRIPTION, DetailsRequirement
from oauth_provider.protocol.errors import InsufficientAuthorizationDetails
from oauth_provider.resource_server.audience import called_url
from oauth_provider.resource_server.needs import Needs
from oauth_provider.rest_framework.denial import answer_denials
from oauth_provider.rest_framework.needs import NeedsToken, is_access_token
from oauth_provider.rest_framework.permissions import Composable

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasAuthorizationDetails(Composable, NeedsToken):
    """Permission: the token has one detail of ``type`` that allows the call.

    ``HasAuthorizationDetails("photo_print")``.

    ``members`` is what that element must hold: ``actions="order"`` or ``actions=["order", "cancel"]`` in a list, an
    equal value in any other member. If it has ``locations``, the URL of the call must be at one of them. A subclass
    can override ``is_for`` to say which element is about which object. Composes by ``&``, ``|`` and ``~``.

    A view with it answers 403 ``insufficient_scope`` to a token without such an element. Raises ``TypeError`` for
    an impossible requirement.
    """

    error = InsufficientAuthorizationDetails
    description = DESCRIPTION

    def __init__(self, type: str, /, **members: Any) -> None:
        self.asked = DetailsRequirement(type, members)

    def __call__(self) -> Self:
        # DRF instantiates what it finds in permission_classes. This one has no state, so it stays itself.
        return self

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Does the token of ``request`` have such an element?"""
        answer_denials(view)
        return bool(self.found(request))

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """Is such an element about ``obj``?"""
        return any(self.is_for(detail, obj) for detail in self.found(request))

    def found(self, request: Request) -> list[Mapping[str, Any]]:
        """Return the elements of the token that allow the call."""
        if not is_access_token(request.auth):
            return []
        held, url = getattr(request.auth, "authorization_details", ()), called_url(request._request)
        return [detail for detail in held if self.asked.met_by([detail], url)]

    def is_for(self, detail: Mapping[str, Any], obj: Any) -> bool:
        """Is ``detail`` about ``obj``? True unless a subclass overrides it."""
        return True

    def needs(self, request: Request, view: "APIView") -> Needs:
        """Return the need of details of this type."""
        return Needs(details=(self.asked.type,))

    @property
    def named_details_types(self) -> tuple[str, ...]:
        """Return the type."""
        return (self.asked.type,)
