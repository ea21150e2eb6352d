"""OpenAPI by drf-spectacular (RFC 6749 §3.3): each operation with the scopes that its view declares.

It is registered when it is imported: by the provider if ``drf_spectacular`` is installed, else by the project.
"""

from collections.abc import Iterable
from functools import reduce
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from django.urls import NoReverseMatch, reverse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.settings import spectacular_settings
from rest_framework.permissions import AND, OR

from oauth_provider.resource_server.conf import conf
from oauth_provider.rest_framework.declaration import declared_requirement, guard_of, parse_requirement
from oauth_provider.rest_framework.needs import operands
from oauth_provider.rest_framework.permissions import HasScopes

Alternatives = tuple[tuple[str, ...], ...]

NO_SCOPE: Alternatives = ((),)
# An expression of many alternatives multiplies out; nobody reads more of them than this.
MAX_ALTERNATIVES = 16
REFUSALS = {
    "400": "The request is malformed, or the access token was sent in another way than by the header.",
    "401": "The access token is missing, unknown, expired, or not meant for this API.",
    "403": "The access token lacks a scope, or its user may not do this.",
}
CHALLENGE = {"WWW-Authenticate": {"description": "What a token needs (RFC 6750).", "schema": {"type": "string"}}}


class OAuthScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its own hook
    """Security scheme of ``OAuthAuthentication``: the provider's code flow, or a bearer token of another server."""

    target_class = "oauth_provider.rest_framework.authentication.OAuthAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Return one entry for each set of scopes that is enough for the operation."""
        if "flows" not in self.get_security_definition(auto_schema):
            return [{self.name: []}]
        return [{self.name: list(scopes)} for scopes in needed_scopes(auto_schema.view, auto_schema.method.upper())]

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the endpoints and scopes of the code flow. ``OAUTH2_*`` settings of drf-spectacular come first."""
        authorize = spectacular_settings.OAUTH2_AUTHORIZATION_URL or _url("oauth_provider:authorize")
        token = spectacular_settings.OAUTH2_TOKEN_URL or _url("oauth_provider:token")
        if not authorize or not token:
            return {"type": "http", "scheme": "bearer"}
        scopes = spectacular_settings.OAUTH2_SCOPES or conf.scope_words
        words = {scope: str(text) for scope, text in scopes.items()}
        flow = {"authorizationUrl": authorize, "tokenUrl": token, "refreshUrl": token, "scopes": words}
        return {"type": "oauth2", "flows": {"authorizationCode": flow}}


def needed_scopes(view: Any, method: str) -> Alternatives:
    """Return the sets of scopes of which each is enough to call ``method`` of ``view``."""
    guard = guard_of(view, method)
    permissions = [*view.get_permissions(), *([guard] if guard is not None else [])]
    found = reduce(_both, (alternatives(permission, view, method) for permission in permissions), NO_SCOPE)
    return tuple(dict.fromkeys(found))


def alternatives(permission: Any, view: Any, method: str) -> Alternatives:
    """Return the sets of scopes of which each is enough for ``permission``; one empty set where it asks for none."""
    if isinstance(permission, HasScopes):
        requirement = permission.requirement or _declared(view, method)
        return requirement.alternatives if requirement else NO_SCOPE
    if isinstance(permission, AND | OR):
        first, second = (alternatives(operand, view, method) for operand in operands(permission))
        return _both(first, second) if isinstance(permission, AND) else first + second
    return NO_SCOPE


def _both(first: Alternatives, second: Alternatives) -> Alternatives:
    pairs: Iterable[tuple[str, ...]] = (tuple(dict.fromkeys(one + other)) for one in first for other in second)
    return tuple(islice(pairs, MAX_ALTERNATIVES))


def _declared(view: Any, method: str) -> Any:
    """Return the scopes of the view, whose ``get_required_scopes`` may fail without a request."""
    try:
        dynamic = view.get_required_scopes() if hasattr(view, "get_required_scopes") else None
    except Exception:
        dynamic = None
    return parse_requirement(dynamic) or declared_requirement(view, method)


def _url(name: str) -> str:
    try:
        return urljoin(next(iter(conf.authorization_servers), ""), reverse(name))
    except NoReverseMatch:
        return ""


def document_refusals(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """Add the responses 400, 401 and 403, with their challenge, to operations that take access tokens (RFC 6750 §3.1).

    It is a ``POSTPROCESSING_HOOKS`` entry of drf-spectacular. Responses that the project documents itself are kept.
    """
    operations = (operation for path in result.get("paths", {}).values() for operation in path.values())
    for operation in operations:
        if any(OAuthScheme.name in requirement for requirement in operation.get("security", ())):
            for status, description in REFUSALS.items():
                operation["responses"].setdefault(status, {"description": description, "headers": CHALLENGE})
    return result
