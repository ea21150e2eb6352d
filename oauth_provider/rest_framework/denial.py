"""Denials (RFC 6750 §3 and §3.1): why did a view refuse, and which answer is due?

A DRF permission can only say no; the view then answers, and knows neither scopes nor challenges. So the
view of a request that we authenticate or guard gets another ``permission_denied``, which looks for the
permission that failed. It evaluates nothing that DRF itself would not have evaluated: what stands behind a
failed operand may rely on it.
"""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeGuard, cast

from rest_framework.permissions import AND, OR, BasePermission
from rest_framework.request import Request

from oauth_provider.protocol.bearer import token_from_header
from oauth_provider.protocol.errors import InsufficientScope, InvalidToken, OAuthError
from oauth_provider.rest_framework.exceptions import Refused, TokenRequired

if TYPE_CHECKING:
    from rest_framework.permissions import _SupportsHasPermission as Permission
    from rest_framework.views import APIView

_NO_OBJECT: Any = object()


class NeedsScopes(BasePermission):
    """A permission that any token with these ``scopes`` passes."""

    scopes: tuple[str, ...]


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


def answer_denials(view: Any) -> None:
    """Have ``view`` answer its denials as RFC 6750 says. A view serves one request, so nothing leaks."""
    denied = getattr(view, "permission_denied", None)
    if denied is None or isinstance(getattr(denied, "__self__", None), Denial):
        return
    denial = Denial(view)
    # DRF looks both up on the view at each use, so what hangs on the instance goes before its class.
    vars(view).update(
        permission_denied=denial.permission_denied, check_object_permissions=denial.check_object_permissions
    )


class Denial:
    """The answers of one view to one request."""

    def __init__(self, view: "APIView") -> None:
        self.view = view
        self.obj = _NO_OBJECT
        self._permission_denied = view.permission_denied
        self._check_object_permissions = view.check_object_permissions

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        """DRF's own, which does not tell ``permission_denied`` what the object was."""
        self.obj = obj
        self._check_object_permissions(request, obj)

    def permission_denied(self, request: Request, message: Any = None, code: str | None = None) -> NoReturn:
        """Raise ``TokenRequired`` or ``Refused`` where a token was wanted, else what the view would raise."""
        permissions = self.view.get_permissions()
        failed = next((one for one in permissions if not self._passes(one, request)), None)
        if request.authenticators and not request.successful_authenticator:
            scope = self._scope(permissions, failed, request)
            if scope or not self.view.get_authenticate_header(request):
                self._ask_for_a_token(request, scope)
        elif failed is not None and is_access_token(request.auth) and self._wanting(failed, request):
            scope = self._scope(permissions, failed, request)
            raise Refused(InsufficientScope("The access token lacks a scope for this call.", scope=scope))
        self._permission_denied(request, message=message, code=code)

    def _ask_for_a_token(self, request: Request, scope: tuple[str, ...]) -> NoReturn:
        try:
            presented = token_from_header(request.headers.get("Authorization", ""))
        except OAuthError as error:
            raise Refused(error, scope=scope) from error
        if presented is not None:
            # An authentication class that is not ours found the token bad and did not say so.
            raise Refused(InvalidToken("The access token is not accepted."), scope=scope)
        raise TokenRequired(scope=scope)

    def _scope(
        self, permissions: Iterable["Permission"], failed: "Permission | None", request: Request
    ) -> tuple[str, ...]:
        """All that ``permissions`` need: a client that asks for the missing part alone loses the rest."""
        wanting = self._wanting(failed, request) if failed is not None else ()
        needs = (
            wanting if one is failed and wanting else needed_scopes(one, granted_scopes(request)) for one in permissions
        )
        return tuple(dict.fromkeys(chain.from_iterable(needs)))

    def _passes(self, permission: "Permission", request: Request) -> bool:
        return permission.has_permission(request, self.view) and (
            self.obj is _NO_OBJECT or permission.has_object_permission(request, self.view, self.obj)
        )

    def _wanting(self, permission: "Permission", request: Request) -> tuple[str, ...]:
        """The scopes for want of which ``permission`` failed; empty where they would not have helped."""
        if isinstance(permission, NeedsScopes):
            return permission.scopes
        if isinstance(permission, OR):
            first, second = operands(permission)
            return self._wanting(first, request) or self._wanting(second, request)
        if isinstance(permission, AND):
            first, second = operands(permission)
            culprit = second if self._holds(permission, first, request) else first
            return self._wanting(culprit, request) and self._scope((first, second), culprit, request)
        return ()

    def _holds(self, whole: "Permission", part: "Permission", request: Request) -> bool:
        """Did ``part`` pass where ``whole`` did not? DRF asks about the call first, then about the object."""
        if self.obj is not _NO_OBJECT and whole.has_permission(request, self.view):
            return part.has_object_permission(request, self.view, self.obj)
        return part.has_permission(request, self.view)


def needed_scopes(permission: "Permission", granted: Iterable[str] = ()) -> tuple[str, ...]:
    """The scopes with which ``permission`` passes, as far as it is a matter of scope. Evaluates nothing.

    Of two alternatives it takes the one of which ``granted`` lacks the least, and of two that lack nothing
    the one that uses more of it.
    """
    if isinstance(permission, NeedsScopes):
        return permission.scopes
    if isinstance(permission, AND | OR):
        first, second = (needed_scopes(operand, granted) for operand in operands(permission))
        if isinstance(permission, AND):
            return tuple(dict.fromkeys(first + second))
        return min(first, second, key=lambda scopes: (len(set(scopes) - set(granted)), -len(scopes)))
    return ()


def operands(permission: "AND | OR") -> tuple["Permission", "Permission"]:
    """The two sides of a composed permission."""
    both: Any = permission  # The stubs leave the attributes out.
    return cast("tuple[Permission, Permission]", (both.op1, both.op2))
