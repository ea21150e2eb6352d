"""Permission by scope and by sign-in (RFC 6750 §3.1, RFC 9470 §3): may this token be used for that?"""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import OperationHolderMixin, SingleOperandHolder
from rest_framework.request import ForcedAuthentication, Request

from oauth_provider.protocol.errors import InsufficientScope, InsufficientUserAuthentication
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.needs import NOTHING, Needs
from oauth_provider.resource_server.sign_in import SignIn
from oauth_provider.resource_server.users.session_user import active_session_user
from oauth_provider.rest_framework import inspection  # noqa: F401 - registers itself
from oauth_provider.rest_framework.declaration import declared_requirement, parse_requirement
from oauth_provider.rest_framework.denial import answer_denials
from oauth_provider.rest_framework.needs import NeedsToken, granted_scopes, is_access_token

if TYPE_CHECKING:
    # rest_framework.views imports the project's default classes, and those may well import this module.
    from rest_framework.views import APIView

    # The stubs know classes and composed permissions only; this is how an instance passes for one.
    Composable = SingleOperandHolder
else:
    Composable = OperationHolderMixin

logger = logging.getLogger("oauth_provider.resource_server")


class HasScopes(Composable, NeedsToken):
    """Permission: the token holds every one of these scopes. ``permission_classes = [HasScopes("notes:read")]``.

    Without arguments, as in ``permission_classes = [HasScopes]``, they are those that the view declares: in
    ``scopes`` (one scope, a list, or a dictionary of them by action or HTTP method), by ``@requires_scopes``, or in
    ``get_required_scopes()``. A view that declares nothing for a call refuses it; a check finds it first.

    Composes with other permissions by ``&``, ``|`` and ``~``. It looks only at the token: a client acting for
    itself passes too (add ``IsAuthenticated`` to ask for a person), and a session without a token does not (see
    ``ScopesOrSession``). The token is ours, or one from django-oauth-toolkit's own authentication class.

    A view with it answers 401 to a caller without a token, and 403 ``insufficient_scope`` with all the scopes it
    needs to one whose token has too few. Raises ``TypeError`` where a scope is not a string, and ``ValueError``
    where one is not a scope token (RFC 6749 §3.3).
    """

    error = InsufficientScope
    description = "The access token lacks a scope for this call."

    def __init__(self, *scopes: str) -> None:
        self.requirement = ScopeRequirement.all_of(*scopes) if scopes else None

    @classmethod
    def any_of(cls, *alternatives: str | Iterable[str]) -> Self:
        """Return a permission for which one of ``alternatives`` is enough: a scope, or a list of scopes all needed.

        Raises ``TypeError`` and ``ValueError`` as ``HasScopes`` does.
        """
        permission = cls()
        permission.requirement = ScopeRequirement.any_of(*alternatives)
        return permission

    def __call__(self) -> Self:
        # DRF instantiates what it finds in permission_classes. This one has no state, so it stays itself.
        return self

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Does the token of ``request`` hold the scopes?"""
        answer_denials(view)
        token = request.auth
        # Asked for even where there is no token, so that the challenge can name it.
        requirement = self._required(request, view)
        if requirement is None or not is_access_token(token):
            return False
        return any(map(token.allow_scopes, requirement.alternatives))

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """Does the token of ``request`` hold the scopes? DRF's default, yes, would become no under ``~``."""
        return self.has_permission(request, view)

    def needs(self, request: Request, view: "APIView") -> Needs:
        """Return the need of these scopes; of several alternatives, the one of which the token lacks the fewest."""
        requirement = self.requirement or _memory(view).get(request.method)
        if requirement is None and not hasattr(view, "get_required_scopes"):
            requirement = self._required(request, view)
        return Needs(scope=requirement.nearest(granted_scopes(request))) if requirement else NOTHING

    @property
    def reads_declaration(self) -> bool:
        """Are the scopes declared by the view?"""
        return self.requirement is None

    @property
    def named_scopes(self) -> tuple[str, ...]:
        """Return the scopes that it names itself, without duplicates."""
        return self.requirement.scopes if self.requirement else ()

    def _required(self, request: Request, view: "APIView") -> ScopeRequirement | None:
        if self.requirement is not None:
            return self.requirement
        method, memory = request.method or "", _memory(view)
        if method not in memory:
            memory[method] = _ask(view, method)
        return memory[method]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, HasScopes) and self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash((type(self), self._meaning()))

    def _meaning(self) -> frozenset[frozenset[str]] | None:
        return frozenset(map(frozenset, self.requirement.alternatives)) if self.requirement else None

    def __repr__(self) -> str:
        name, requirement = type(self).__name__, self.requirement
        if requirement is not None and len(requirement.alternatives) > 1:
            return f"{name}.any_of({', '.join(repr([*one]) for one in requirement.alternatives)})"
        return f"{name}({', '.join(map(repr, requirement.scopes if requirement else ()))})"


class ScopesOrSession(HasScopes):
    """``HasScopes`` for callers with a token; a person signed in to this site needs none.

    A person in a session acts for themselves, with no app in between, so there is nothing to limit. A session is
    what ``SessionAuthentication`` recognises, CSRF check included (in tests, ``force_authenticate`` without a
    token, too). What the person may do is for other permissions and the queryset to say.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Is the caller signed in by a session, or does the token hold the scopes?"""
        return super().has_permission(request, view) or is_session(request)


class RequiresAuthentication(Composable, NeedsToken):
    """Permission: the token's user signed in at most ``max_age`` seconds ago, in one of the ways ``acr`` (RFC 9470).

    Otherwise the answer is 401 ``insufficient_user_authentication`` with both values, and the client sends its user
    to sign in again. ``acr`` is one value or several, the best first. It looks only at the token: a session does
    not pass, nor does a client that acts for itself. Raises ``TypeError`` where neither is named, and
    ``ValueError`` for a negative ``max_age`` or a value that no challenge can hold.
    """

    error = InsufficientUserAuthentication
    description = "The user must sign in again for this call."

    def __init__(self, *, acr: str | Iterable[str] = (), max_age: int | None = None) -> None:
        self.sign_in = SignIn.of(acr, max_age)
        if self.sign_in.needs == NOTHING:
            raise TypeError("RequiresAuthentication needs acr, max_age, or both.")

    def __call__(self) -> Self:
        return self

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Did the token's user sign in like this?"""
        answer_denials(view)
        return is_access_token(request.auth) and self.sign_in.is_met_by(request.auth)

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """Did the token's user sign in like this? The object makes no difference."""
        return self.has_permission(request, view)

    def needs(self, request: Request, view: "APIView") -> Needs:
        """Return the need of this sign-in."""
        return self.sign_in.needs


def is_session(request: Request) -> bool:
    """Did a session authenticate ``request``, with no app in between?"""
    user, authenticator = request.user, request.successful_authenticator
    if request.auth is not None or not user or not user.is_authenticated:
        return False
    if isinstance(authenticator, ForcedAuthentication):
        return True
    # DRF takes whatever middleware left in request.user for the person of the session.
    person = active_session_user(request._request) if isinstance(authenticator, SessionAuthentication) else None
    return person is not None and bool(person == user)


def _memory(view: Any) -> dict[str | None, ScopeRequirement | None]:
    """Return the cache of the scopes that ``view``, which serves one request, declares, by HTTP method."""
    memory: dict[str | None, ScopeRequirement | None] = vars(view).setdefault("_required_scopes", {})
    return memory


def _ask(view: Any, method: str) -> ScopeRequirement | None:
    try:
        dynamic = view.get_required_scopes() if hasattr(view, "get_required_scopes") else None
        requirement = parse_requirement(dynamic) or declared_requirement(view, method)
    except (TypeError, ValueError) as problem:
        logger.error("%s declares scopes that cannot be used, and refuses %s: %s", type(view).__name__, method, problem)
        return None
    if requirement is None:
        logger.error("%s declares no scopes for %s, and refuses it.", type(view).__name__, method)
    return requirement
