"""The reference of the Python API: what of the package is public, each by autodoc from its docstring."""

import importlib
import inspect
import re
from typing import Any

# Public: names in these modules that a project may import. All else may change without notice.
PUBLIC: dict[str, dict[str, tuple[str, ...]]] = {
    "Guards for Django REST framework": {
        "oauth_provider.rest_framework.authentication": ("OAuthAuthentication",),
        "oauth_provider.rest_framework.permissions": ("HasScopes", "ScopesOrSession", "RequiresAuthentication"),
        "oauth_provider.rest_framework.decorators": ("requires_scopes",),
        "oauth_provider.rest_framework.authorization_details": ("HasAuthorizationDetails",),
        "oauth_provider.rest_framework.throttling": ("ClientRateThrottle", "UserOrClientRateThrottle"),
        "oauth_provider.rest_framework.schema": ("document_refusals",),
    },
    "Guards for Django, django-ninja and MCP": {
        "oauth_provider.resource_server.views": (
            "requires_scopes",
            "requires_authorization_details",
            "RequiresScopesMixin",
            "any_of",
        ),
        "oauth_provider.ninja": ("OAuth", "answer_refusals"),
        "oauth_provider.resource_server.mcp": ("guard", "demand"),
    },
    "Tokens at an API": {
        "oauth_provider.resource_server.token": ("AccessToken", "Verifier"),
        "oauth_provider.resource_server.verifiers": (
            "JWTVerifier",
            "IntrospectionVerifier",
            "JWTOrIntrospectionVerifier",
        ),
        "oauth_provider.resource_server.proofs": ("KeyProof",),
        "oauth_provider.resource_server.denylist.transport": ("DenylistTransport",),
        "oauth_provider.protocol.errors": (
            "OAuthError",
            "InvalidToken",
            "InvalidGrant",
            "InvalidRequest",
            "InvalidClient",
        ),
    },
    "Tests": {
        "oauth_provider.testing": ("create_client", "CreatedClient"),
        "oauth_provider.rest_framework.testing": ("OAuthAPIClient", "assert_requires_scopes", "run_code_flow"),
        "oauth_provider.resource_server.testing": ("FakeIssuer",),
    },
    "What a provider may be given": {
        "oauth_provider.tokens.claims": ("claim", "ClaimContext"),
        "oauth_provider.authorization.context": ("AuthenticationContext", "Context"),
        "oauth_provider.authorization.sign_in": ("moment", "recorded"),
        "oauth_provider.protocol.authorization_details": ("AuthorizationDetailsType",),
        "oauth_provider.clients.authentication.method": ("Method",),
        "oauth_provider.clients.authentication.credentials": ("Credentials",),
        "oauth_provider.registry.registered_scopes": ("register_scopes",),
        "oauth_provider.registry.grant_context": ("GrantContexts", "GrantContext"),
        "oauth_provider.tokens.signer": ("Signer",),
        "oauth_provider.tokens.outbox": ("Undeliverable",),
        "oauth_provider.bridge.validator": ("BridgeValidator",),
    },
    "A grant of your own": {
        "oauth_provider.grants.table": ("Grant",),
        "oauth_provider.grants.request": ("TokenRequest",),
        "oauth_provider.tokens.terms": ("Terms",),
        "oauth_provider.tokens.issue": ("Issued", "issue_for_new_sign_in"),
        "oauth_provider.sql.outcome": ("Outcome", "Change"),
        "oauth_provider.models.authorization": ("authorization_now",),
        "oauth_provider.protocol.digest": ("digest",),
    },
    "Pages, middleware and the log": {
        "oauth_provider.pages.login": ("LoginView",),
        "oauth_provider.pages.csrf": ("csrf_failure",),
        "oauth_provider.pages.log_mask": ("MaskHandles",),
        "oauth_provider.middleware": ("BrowserStateMiddleware",),
        "oauth_provider.management.commands.oauth_walk": ("Command", "Defaults"),
    },
}
AUTODOC = re.compile(r"```\{eval-rst\}\n\.\. auto\w+:: (?P<name>[\w.]+)\n.*?```", re.DOTALL)


def section() -> str:
    """Return a section for each group, with the directives of autodoc for its names."""
    parts = []
    for title, modules in PUBLIC.items():
        parts.append(f"## {title}")
        for module, names in modules.items():
            parts += [f"### {module}", *(_directive(module, name) for name in names)]
    return "\n\n".join(parts)


def _directive(module: str, name: str) -> str:
    found = getattr(importlib.import_module(module), name)
    kind = "class" if isinstance(found, type) else "function"
    kind = "exception" if kind == "class" and issubclass(found, BaseException) else kind
    members = "\n   :members:" if kind == "class" and not _is_a_page(found) else ""
    return f"```{{eval-rst}}\n.. auto{kind}:: {module}.{name}{members}\n```"


def _is_a_page(found: type) -> bool:
    """Is it a view or a command of Django's, whose methods nobody calls?"""
    return any(
        base.__module__.startswith(("django.views", "django.contrib", "django.core.management"))
        for base in found.__mro__
    )


def in_words(markdown: str) -> str:
    """Return a page for programs: signatures and docstrings in the place of autodoc's directives."""
    return AUTODOC.sub(lambda found: _described(found["name"]), markdown)


def _described(path: str) -> str:
    module, _, name = path.rpartition(".")
    found: Any = getattr(importlib.import_module(module), name)
    try:
        signature = str(inspect.signature(found))
    except (TypeError, ValueError):
        signature = ""
    docstring = (inspect.getdoc(found) or "").replace("``", "`")
    keyword = "class" if isinstance(found, type) else "def"
    return f"```python\n{keyword} {name}{signature}\n```\n\n{docstring}"
