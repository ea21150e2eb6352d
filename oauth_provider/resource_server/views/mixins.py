"""Mixin for Django's class-based views, sync and async: the scopes that a call needs (RFC 6750 §3.1)."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views import View

from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.inspection import Inspection, inspector
from oauth_provider.resource_server.proofs.key_binding import add_proof_headers
from oauth_provider.resource_server.sign_in import SignIn
from oauth_provider.resource_server.views.decorators import exempt
from oauth_provider.resource_server.views.guard import Guard

logger = logging.getLogger("oauth_provider.resource_server")


class RequiresScopesMixin(View):
    """Mixin that lets callers pass whose token holds ``scopes``, as ``@requires_scopes`` does.

    ``scopes`` is one scope, a list, an ``any_of``, or a dictionary of these by HTTP method. ``session``, ``acr``
    and ``max_age`` mean the same as for ``@requires_scopes``. It stands before the view class that it is mixed
    into. A view without a usable declaration refuses everybody; a check finds it first.
    """

    scopes: str | Iterable[str] | ScopeRequirement | Mapping[str, Any] | None = None
    session = False
    acr: str | Iterable[str] = ()
    max_age: int | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., Any]:
        """Return the view function, exempt from the login page, and from CSRF checks of calls with a token."""
        view: Callable[..., Any] = exempt(super().as_view(**initkwargs))
        return view

    def get_required_scopes(self) -> Any:
        """Return the scopes for this call: ``scopes``, unless the view computes them."""
        return self.scopes

    def guard(self) -> Guard:
        """Return the guard of this call. Raise ``TypeError`` and ``ValueError`` for an impossible declaration."""
        return Guard.from_declaration(self.get_required_scopes() or (), SignIn.of(self.acr, self.max_age), self.session)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Dispatch calls that may pass; answer all others with the refusal."""
        try:
            guard = self.guard()
        except (TypeError, ValueError) as problem:
            logger.error("%s declares scopes that cannot be used, and refuses: %s", type(self).__name__, problem)
            guard = None
        if self.view_is_async:
            return self._dispatch_async(guard, request, *args, **kwargs)
        refusal = guard.refuse(request) if guard else HttpResponseForbidden()
        response: Any = super().dispatch(request, *args, **kwargs) if refusal is None else refusal
        return add_proof_headers(response, request)

    async def _dispatch_async(self, guard: Guard | None, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refusal: HttpResponse | None = await guard.arefuse(request) if guard else HttpResponseForbidden()
        passed: Any = super().dispatch(request, *args, **kwargs) if refusal is None else None
        return add_proof_headers(await passed if refusal is None else refusal, request)


@inspector
def inspect(callback: Any) -> Inspection | None:
    """Return the findings about a view with this mixin, or None."""
    cls = getattr(callback, "view_class", None)
    if not (isinstance(cls, type) and issubclass(cls, RequiresScopesMixin)):
        return None
    name = f"{cls.__module__}.{cls.__qualname__}"
    if cls.get_required_scopes is not RequiresScopesMixin.get_required_scopes:
        return Inspection(view=name)
    try:
        guard = cls(**getattr(callback, "view_initkwargs", {})).guard()
    except (TypeError, ValueError) as problem:
        return Inspection(view=name, problems=(f"declares scopes that cannot be used: {problem}",))
    served = [method for method in cls.http_method_names if hasattr(cls, method)]
    missing = [method.upper() for method in served if guard.requirement(method.upper()) is None]
    return Inspection(
        view=name, scopes=guard.scopes, problems=tuple(f"declares no scopes for {method}." for method in missing)
    )
