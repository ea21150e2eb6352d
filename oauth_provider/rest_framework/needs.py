"""Permissions that depend on the token (RFC 6750 §3.1): their base class, and finding them in composed ones."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeGuard, cast

from rest_framework.permissions import AND, NOT, OR, BasePermission
from rest_framework.request import Request

from oauth_provider.protocol.errors import OAuthError
from oauth_provider.resource_server.needs import Needs

if TYPE_CHECKING:
    from rest_framework.permissions import _SupportsHasPermission as Permission
    from rest_framework.views import APIView


class NeedsToken(BasePermission):
    """Base of permissions that another token may pass. ``error`` and ``description`` are the answer where they fail."""

    error: ClassVar[type[OAuthError]]
    description: ClassVar[str]

    def needs(self, request: Request, view: "APIView") -> Needs:
        """Return the needs on the token. No method of the project is called that was not called before."""
        raise NotImplementedError

    @property
    def reads_declaration(self) -> bool:
        """Are the scopes declared by the view?"""
        return False

    @property
    def named_scopes(self) -> tuple[str, ...]:
        """Return the scopes that it names itself."""
        return ()

    @property
    def named_details_types(self) -> tuple[str, ...]:
        """Return the types of authorization details that it names (RFC 9396 §2)."""
        return ()


class ScopedToken(Protocol):
    """Protocol that our ``AccessToken`` and the model of django-oauth-toolkit both have."""

    scope: str

    def allow_scopes(self, scopes: Iterable[str]) -> bool:
        """Does it hold every one of ``scopes``?"""


def is_access_token(auth: Any) -> TypeGuard[ScopedToken]:
    """Is ``request.auth`` an OAuth access token, not the object of another authentication class?"""
    return isinstance(getattr(auth, "scope", None), str) and callable(getattr(auth, "allow_scopes", None))


def granted_scopes(request: Request) -> tuple[str, ...]:
    """Return the scopes of the token of ``request``; () without one."""
    return tuple(request.auth.scope.split()) if is_access_token(request.auth) else ()


def operands(permission: "AND | OR") -> tuple["Permission", "Permission"]:
    """Return the two operands of a composed permission."""
    both: Any = permission  # The stubs leave the attributes out.
    return cast("tuple[Permission, Permission]", (both.op1, both.op2))


def leaves(permissions: Iterable[Any]) -> Iterator[Any]:
    """Yield the permissions that composed ones consist of."""
    for permission in permissions:
        if isinstance(permission, AND | OR):
            yield from leaves(operands(permission))
        elif isinstance(permission, NOT):
            negated: Any = permission
            yield from leaves([negated.op1])
        else:
            yield permission
