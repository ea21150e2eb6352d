"""Decorators for plain Django views, sync and async: by scopes (RFC 6750 §3.1) or authorization details (RFC 9396)."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest

from oauth_provider.protocol.details_requirement import DetailsRequirement
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.inspection import Inspection, inspector
from oauth_provider.resource_server.proofs.key_binding import add_proof_headers
from oauth_provider.resource_server.sign_in import SignIn
from oauth_provider.resource_server.views.details_guard import DetailsGuard
from oauth_provider.resource_server.views.guard import Guard

View = TypeVar("View", bound=Callable[..., Any])

any_of = ScopeRequirement.any_of


def requires_scopes(
    *scopes: str | ScopeRequirement | Mapping[str, Any],
    session: bool = False,
    acr: str | Iterable[str] = (),
    max_age: int | None = None,
) -> Callable[[View], View]:
    """Let callers pass whose token holds ``scopes``; set ``request.user`` and ``request.auth`` to the token's.

    ``scopes`` are all needed; or they are one ``any_of("a", ["b", "c"])``, or one dictionary of scopes by HTTP
    method, which are then the only methods of the view. With ``session``, a person signed in to this site needs no
    token. ``acr`` and ``max_age`` (seconds) ask for a sign-in as ``RequiresAuthentication`` does. Raises
    ``TypeError`` where no scope is named, and ``ValueError`` where one is not a scope token.
    """
    declaration: Any = scopes[0] if len(scopes) == 1 else scopes
    guard = Guard.from_declaration(declaration, SignIn.of(acr, max_age), session)
    return guarded_by(guard, oauth_guard=guard)


def requires_authorization_details(type: str, /, *, session: bool = False, **members: Any) -> Callable[[View], View]:
    """Let callers pass whose token holds authorization details of ``type`` that allow the call (RFC 9396 §9).

    ``members`` is what one element must hold: of a list every value named, any other member equal. If it has
    ``locations``, the URL of the call must be at one of them. It stands alone, or below ``@requires_scopes``. All
    other callers get 403 ``insufficient_scope``. Raises ``TypeError`` for an impossible requirement.
    """
    guard = DetailsGuard(DetailsRequirement(type, members), session)
    return guarded_by(guard, oauth_details_types=(type,))


def guarded_by(guard: Guard | DetailsGuard, **marks: Any) -> Callable[[View], View]:
    """Return a decorator of views, sync and async, that lets ``guard`` decide. ``marks`` are read by the inspector."""

    def decorate(view: View) -> View:
        if iscoroutinefunction(view):

            @wraps(view)
            async def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                refusal = await guard.arefuse(_django_request(request))
                response = await view(request, *args, **kwargs) if refusal is None else refusal
                return add_proof_headers(response, request)

        else:

            @wraps(view)
            def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                refusal = guard.refuse(_django_request(request))
                response = view(request, *args, **kwargs) if refusal is None else refusal
                return add_proof_headers(response, request)

        made: Any = exempt(guarded)
        vars(made).update(marks)
        return cast(View, made)

    return decorate


def exempt(view: Any) -> Any:
    """Mark ``view`` as checking its callers itself: no login page, and CSRF checks only for sessions."""
    view.csrf_exempt = True
    view.login_required = False
    return view


@inspector
def inspect(callback: Any) -> Inspection | None:
    """Return the findings about a view with one of these decorators, or None."""
    guard, types = getattr(callback, "oauth_guard", None), getattr(callback, "oauth_details_types", ())
    if guard is None and not types:
        return None
    name = f"{callback.__module__}.{callback.__name__}"
    return Inspection(view=name, scopes=guard.scopes if guard else (), details_types=types)


def _django_request(request: Any) -> HttpRequest:
    if not isinstance(request, HttpRequest):
        raise TypeError("This decorator is for Django's own views; for DRF see oauth_provider.rest_framework.")
    return request
