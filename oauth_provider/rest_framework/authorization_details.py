"""Permission by authorization details (RFC 9396 §9): is this token for that very thing?"""

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
    """The token holds one element of ``type`` that allows the call: ``HasAuthorizationDetails("photo_print")``.

    ``members`` is what that element must hold: ``actions="order"`` or ``actions=["order", "cancel"]`` of a list, the
    same value of all else. Its ``locations``, if it has any, must hold the URL of the call. A subclass says by
    ``is_for`` which element is about which object. Composes by ``&``, ``|`` and ``~``.

    A view that it guards answers 403 ``insufficient_scope`` to a token without such an element. Raises ``TypeError``
    for what cannot be asked for.
    """

    error = InsufficientAuthorizationDetails
    description = DESCRIPTION

    def __init__(self, type: str, /, **members: Any) -> None:
        self.asked = DetailsRequirement(type, members)

    def __call__(self) -> Self:
        # DRF instantiates what it finds in permission_classes. This one has no state, so it stays itself.
        return self

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Does the token of ``request`` hold such an element?"""
        answer_denials(view)
        return bool(self.found(request))

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """Is such an element about ``obj``?"""
        return any(self.is_for(detail, obj) for detail in self.found(request))

    def found(self, request: Request) -> list[Mapping[str, Any]]:
        """The elements that allow the call."""
        if not is_access_token(request.auth):
            return []
        held, url = getattr(request.auth, "authorization_details", ()), called_url(request._request)
        return [detail for detail in held if self.asked.met_by([detail], url)]

    def is_for(self, detail: Mapping[str, Any], obj: Any) -> bool:
        """Is ``detail`` about ``obj``? About any, unless a subclass knows better."""
        return True

    def needs(self, request: Request, view: "APIView") -> Needs:
        """Details of the type."""
        return Needs(details=(self.asked.type,))

    @property
    def named_details_types(self) -> tuple[str, ...]:
        """The type."""
        return (self.asked.type,)
