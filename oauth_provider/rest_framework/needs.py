"""Permissions that look at the token (RFC 6750 §3.1): what they have in common, and how to find them in others."""

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
    """A permission that another token may pass; ``error`` and ``description`` are what is said where this one fails."""

    error: ClassVar[type[OAuthError]]
    description: ClassVar[str]

    def needs(self, request: Request, view: "APIView") -> Needs:
        """What a token must have in order to pass. Asks the project's code nothing that it was not asked before."""
        raise NotImplementedError

    @property
    def reads_declaration(self) -> bool:
        """Is it for the view to declare the scopes?"""
        return False

    @property
    def named_scopes(self) -> tuple[str, ...]:
        """The scopes that it names itself."""
        return ()

    @property
    def named_details_types(self) -> tuple[str, ...]:
        """The types of authorization details that it names (RFC 9396 §2)."""
        return ()


class ScopedToken(Protocol):
    """What our ``AccessToken`` and the model of django-oauth-toolkit have in common."""

    scope: str

    def allow_scopes(self, scopes: Iterable[str]) -> bool:
        """Does it hold every one of ``scopes``?"""


def is_access_token(auth: Any) -> TypeGuard[ScopedToken]:
    """Is ``request.auth`` an OAuth access token, and not what some other authentication class left there?"""
    return isinstance(getattr(auth, "scope", None), str) and callable(getattr(auth, "allow_scopes", None))


def granted_scopes(request: Request) -> tuple[str, ...]:
    """The scopes of the token that ``request`` was made with, if it was."""
    return tuple(request.auth.scope.split()) if is_access_token(request.auth) else ()


def operands(permission: "AND | OR") -> tuple["Permission", "Permission"]:
    """The two sides of a composed permission."""
    both: Any = permission  # The stubs leave the attributes out.
    return cast("tuple[Permission, Permission]", (both.op1, both.op2))


def leaves(permissions: Iterable[Any]) -> Iterator[Any]:
    """The permissions that others are composed of."""
    for permission in permissions:
        if isinstance(permission, AND | OR):
            yield from leaves(operands(permission))
        elif isinstance(permission, NOT):
            negated: Any = permission
            yield from leaves([negated.op1])
        else:
            yield permission
