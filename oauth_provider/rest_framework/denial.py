"""Denials (RFC 6750 §3 and §3.1, RFC 9470 §3): finds why a view refused, and which answer is due.

A DRF permission can only say no; the view then answers, and knows neither scopes nor challenges. So the view of a
request that we authenticate or guard gets another ``permission_denied``, which looks for the permission that failed. It
evaluates nothing that DRF itself would not have evaluated: permissions after a failed operand may rely on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, NoReturn

from django.http import HttpRequest
from rest_framework.authentication import (
    BasicAuthentication,
    RemoteUserAuthentication,
    SessionAuthentication,
    TokenAuthentication,
)
from rest_framework.permissions import AND, OR
from rest_framework.request import Request

from oauth_provider.protocol.bearer import BEARER, credentials
from oauth_provider.protocol.errors import InvalidToken, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.database_outage import mark_reported
from oauth_provider.resource_server.needs import NOTHING, Needs
from oauth_provider.resource_server.proofs.bound_token import presented_scheme, schemes
from oauth_provider.resource_server.proofs.key_binding import add_proof_headers
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.rest_framework.declaration import guard_of
from oauth_provider.rest_framework.exceptions import Refused, TokenRequired
from oauth_provider.rest_framework.needs import NeedsToken, granted_scopes, is_access_token, operands

if TYPE_CHECKING:
    from rest_framework.permissions import _SupportsHasPermission as Permission
    from rest_framework.views import APIView

_NO_OBJECT: Any = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """Permission that failed but would pass with a better token, and the needs of that token."""

    permission: NeedsToken
    needs: Needs


def answer_denials(view: Any, guard: "NeedsToken | None" = None) -> None:
    """Make ``view`` answer its denials as the RFCs say. A view instance serves one request, so nothing leaks.

    ``guard`` is a permission that is not among those of the view.
    """
    denied = getattr(view, "permission_denied", None)
    denial = getattr(denied, "__self__", None)
    if denied is None or isinstance(denial, Denial):
        if isinstance(denial, Denial) and guard is not None:
            denial.guard = guard
        return
    denial = Denial(view)
    denial.guard = guard
    # DRF looks both up on the view at each use, so what hangs on the instance goes before its class.
    vars(view).update(
        permission_denied=denial.permission_denied, check_object_permissions=denial.check_object_permissions
    )


def refuse_unless_taken(view: Any) -> None:
    """Make ``view`` refuse the token of its request if no other class takes it. Needs ``answer_denials`` first."""
    denial = getattr(getattr(view, "permission_denied", None), "__self__", None)
    if isinstance(denial, Denial):
        vars(view)["check_permissions"] = denial.check_permissions


def takes_bearer_tokens(authenticator: Any) -> bool:
    """May this class take bearer tokens? False for DRF's own, except ``TokenAuthentication`` with that keyword.

    True for unknown classes.
    """
    if isinstance(authenticator, TokenAuthentication):
        return str(authenticator.keyword).lower() == BEARER.lower()
    return not isinstance(authenticator, SessionAuthentication | BasicAuthentication | RemoteUserAuthentication)


def suppress_report(view: Any) -> None:
    """Keep Django from reporting the response of ``view``: that would mail the ``ADMINS`` for each call."""
    finalize = getattr(view, "finalize_response", None)
    if finalize is not None:
        vars(view)["finalize_response"] = lambda *args, **kwargs: mark_reported(finalize(*args, **kwargs))


def send_proof_headers(view: Any, request: HttpRequest) -> None:
    """Have whatever ``view`` answers to ``request`` carry what the key proofs add to it."""
    finalize = getattr(view, "finalize_response", None)
    if finalize is not None and key_proofs():
        vars(view)["finalize_response"] = lambda *args, **kwargs: add_proof_headers(finalize(*args, **kwargs), request)


class Denial:
    """Answers of one view to one request."""

    def __init__(self, view: "APIView") -> None:
        self.view = view
        self.guard: NeedsToken | None = None
        self.obj = _NO_OBJECT
        self._permission_denied = view.permission_denied
        self._check_object_permissions = view.check_object_permissions
        self._check_permissions = view.check_permissions

    def check_permissions(self, request: Request) -> None:
        """Run DRF's check, but refuse first where no class took the token: it must not pass for a call without one."""
        taker = request.successful_authenticator
        if taker is None or not takes_bearer_tokens(taker):
            self._ask_for_a_token(request, self._needs(self._permissions(request), None, None, request))
        self._check_permissions(request)

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        """Run DRF's check, and store the object, which DRF does not pass to ``permission_denied``."""
        self.obj = obj
        self._check_object_permissions(request, obj)

    def permission_denied(self, request: Request, message: Any = None, code: str | None = None) -> NoReturn:
        """Raise ``TokenRequired`` or ``Refused`` where a token is missing, else the view's own exception."""
        permissions = self._permissions(request)
        failed = next((one for one in permissions if not self._passes(one, request)), None)
        fault = self._fault(failed, request) if failed is not None else None
        needs = self._needs(permissions, failed, fault, request)
        if request.authenticators and not request.successful_authenticator:
            if needs != NOTHING or not self.view.get_authenticate_header(request):
                self._ask_for_a_token(request, needs)
        elif fault is not None and is_access_token(request.auth):
            error = fault.permission.error(fault.permission.description)
            raise Refused(error, needs, presented_scheme(request.headers.get("Authorization", "")))
        self._permission_denied(request, message=message, code=code)

    def _permissions(self, request: Request) -> list["Permission"]:
        """Return the permissions of the view, then that of the handler that would have answered."""
        guard = self.guard or guard_of(self.view, request.method or "")
        return [*self.view.get_permissions(), *([guard] if guard is not None else [])]

    def _ask_for_a_token(self, request: Request, needs: Needs) -> NoReturn:
        try:
            presented = credentials(request.headers.get("Authorization", ""), schemes())
        except OAuthError as error:
            raise Refused(error, needs, presented_scheme(request.headers.get("Authorization", ""))) from error
        if presented is not None:
            # An authentication class that is not ours found the token bad and did not say so.
            raise Refused(InvalidToken(Reason.TOKEN_NOT_ACCEPTED), needs, presented[0])
        raise TokenRequired(needs)

    def _needs(
        self, permissions: Iterable["Permission"], failed: "Permission | None", fault: Fault | None, request: Request
    ) -> Needs:
        """Return all that ``permissions`` need: a client that asks for the missing part alone loses the rest."""
        return reduce(
            and_,
            (
                fault.needs if one is failed and fault is not None else needs_of(one, request, self.view)
                for one in permissions
            ),
            NOTHING,
        )

    def _passes(self, permission: "Permission", request: Request) -> bool:
        return permission.has_permission(request, self.view) and (
            self.obj is _NO_OBJECT or permission.has_object_permission(request, self.view, self.obj)
        )

    def _fault(self, permission: "Permission", request: Request) -> Fault | None:
        """Return why ``permission`` failed, if another token would have helped, else None."""
        if isinstance(permission, NeedsToken):
            needs = permission.needs(request, self.view)
            return Fault(permission, needs) if needs != NOTHING else None
        if isinstance(permission, OR):
            first, second = operands(permission)
            return self._fault(first, request) or self._fault(second, request)
        if isinstance(permission, AND):
            first, second = operands(permission)
            culprit = second if self._holds(permission, first, request) else first
            fault = self._fault(culprit, request)
            return fault and Fault(fault.permission, self._needs((first, second), culprit, fault, request))
        return None

    def _holds(self, whole: "Permission", part: "Permission", request: Request) -> bool:
        """Did ``part`` pass where ``whole`` did not? DRF asks about the call first, then about the object."""
        if self.obj is not _NO_OBJECT and whole.has_permission(request, self.view):
            return part.has_object_permission(request, self.view, self.obj)
        return part.has_permission(request, self.view)


def needs_of(permission: "Permission", request: Request, view: "APIView") -> Needs:
    """Return the needs of ``permission`` on the token. No permission is evaluated.

    Of two alternatives it takes the one of which the token lacks the fewest; of equal ones, that with more scopes.
    """
    if isinstance(permission, NeedsToken):
        return permission.needs(request, view)
    if isinstance(permission, AND | OR):
        first, second = (needs_of(operand, request, view) for operand in operands(permission))
        if isinstance(permission, AND):
            return first & second
        return min(first, second, key=lambda needs: needs.distance(granted_scopes(request)))
    return NOTHING
