"""Permission by scope (RFC 6750 §3.1): may this token be used for that?"""

from typing import TYPE_CHECKING, Any, Self

from rest_framework.permissions import OperationHolderMixin, SingleOperandHolder
from rest_framework.request import Request

from oauth_provider.protocol.scope import is_scope_token
from oauth_provider.rest_framework.denial import NeedsScopes, answer_denials, is_access_token

if TYPE_CHECKING:
    # rest_framework.views imports the project's default classes, and those may well import this module.
    from rest_framework.views import APIView

    # The stubs know classes and composed permissions only; this is how an instance passes for one.
    Composable = SingleOperandHolder
else:
    Composable = OperationHolderMixin


class HasScopes(Composable, NeedsScopes):
    """The token holds every one of these scopes: ``permission_classes = [HasScopes("notes:read")]``.

    Composes with other permissions by ``&``, ``|`` and ``~``. It looks at the token alone: a client acting
    for itself passes too (add ``IsAuthenticated`` to ask for a person), and a session without a token does
    not. The token is ours, or one from django-oauth-toolkit's own authentication class.

    A view that it guards answers 401 to a caller without a token, and 403 ``insufficient_scope`` with all
    the scopes it needs to one whose token has too few. Raises ``TypeError`` where no scope is named or one
    is not a string, and ``ValueError`` where one is not a scope token (RFC 6749 §3.3).
    """

    def __init__(self, *scopes: str) -> None:
        if not scopes:
            raise TypeError("HasScopes needs at least one scope.")
        for scope in scopes:
            if not isinstance(scope, str):
                raise TypeError(f"A scope is a string, not {scope!r}.")
            if not is_scope_token(scope):
                raise ValueError(f"{scope!r} is not one scope token; name each scope by itself.")
        self.scopes = tuple(dict.fromkeys(scopes))

    def __call__(self) -> Self:
        # DRF instantiates what it finds in permission_classes. This one has no state, so it stays itself.
        return self

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Does the token of ``request`` hold the scopes?"""
        answer_denials(view)
        token = request.auth
        return is_access_token(token) and bool(token.allow_scopes(self.scopes))

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """The same for every object; ``~`` would otherwise turn DRF's default, yes, into no."""
        return self.has_permission(request, view)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HasScopes) and set(self.scopes) == set(other.scopes)

    def __hash__(self) -> int:
        return hash(frozenset(self.scopes))

    def __repr__(self) -> str:
        return f"HasScopes({', '.join(map(repr, self.scopes))})"
