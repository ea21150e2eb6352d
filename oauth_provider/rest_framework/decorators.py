"""``@requires_scopes`` (RFC 6750 §3.1): the scopes of one function view, method or action."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rest_framework.request import Request

from oauth_provider.rest_framework.denial import answer_denials
from oauth_provider.rest_framework.needs import leaves
from oauth_provider.rest_framework.permissions import HasScopes, ScopesOrSession, is_session

if TYPE_CHECKING:
    from rest_framework.views import APIView

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Guard(HasScopes):
    """Permission that ``@requires_scopes`` leaves on a handler: ``HasScopes``, open to sessions where the view is."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Does the token hold the scopes, or is it a session and does the view admit sessions?"""
        return super().has_permission(request, view) or (is_session(request) and _admits_sessions(view))


def requires_scopes(*scopes: str | HasScopes) -> Callable[[Handler], Handler]:
    """Require a token with ``scopes`` for the decorated handler, in addition to the view's permissions.

    On a function view it stands right below ``@api_view``, on an action above or below ``@action``. It takes scopes
    that are all needed, or one permission, as in ``@requires_scopes(HasScopes.any_of("a", "b"))``. A session passes
    where the view has ``ScopesOrSession``. Raises ``TypeError`` and ``ValueError`` as ``HasScopes`` does.
    """
    permission = _permission(scopes)

    def decorate(handler: Handler) -> Handler:
        from rest_framework.views import APIView

        @wraps(handler)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            # A function view is called with the request, a method with its view before it.
            request = next((one for one in args[:2] if isinstance(one, Request)), None)
            if request is None:
                raise TypeError("This requires_scopes is for views of Django REST framework.")
            _check(permission, request)
            return handler(*args, **kwargs)

        attributes: Any = guarded
        attributes.required_scopes = permission
        # For api_view, which makes a class of its own that would not know otherwise.
        inherited = getattr(handler, "permission_classes", APIView.permission_classes)
        attributes.permission_classes = [*inherited, permission]
        return cast(Handler, guarded)

    return decorate


def _permission(scopes: tuple[Any, ...]) -> HasScopes:
    given = scopes[0] if len(scopes) == 1 and isinstance(scopes[0], HasScopes) else HasScopes(*scopes)
    if given.requirement is None:
        raise TypeError("requires_scopes needs at least one scope.")
    return given if isinstance(given, ScopesOrSession) else Guard.any_of(*given.requirement.alternatives)


def _check(permission: HasScopes, request: Request) -> None:
    """Deny ``request`` as the view's own permissions do, unless ``permission`` lets it pass."""
    view: APIView = request.parser_context["view"]
    answer_denials(view, guard=permission)
    if not permission.has_permission(request, view):
        view.permission_denied(request)


def _admits_sessions(view: "APIView") -> bool:
    return any(isinstance(one, ScopesOrSession) for one in leaves(view.get_permissions()))
