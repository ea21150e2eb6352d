"""Provider metadata (RFC 8414 §2 and §3, OpenID Connect Discovery §3 and §4): one document under both names.

What is served here, read off the tables that serve it.
"""

import json
from typing import Any
from urllib.parse import urljoin

from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from oauth_provider.authorization.context import authentication_context
from oauth_provider.authorization.rules import prompts_supported, response_types_supported
from oauth_provider.clients.authentication.table import methods
from oauth_provider.clients.registration.policy import Door, door_policy
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.document import Document, document_of, serve
from oauth_provider.endpoints.json_endpoint import for_programs
from oauth_provider.protocol import pkce, response_mode, subject
from oauth_provider.protocol.issuer import issuer_path
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.jwe import CONTENT_ENCRYPTION, KEY_MANAGEMENT
from oauth_provider.protocol.registration import NO_AUTHENTICATION
from oauth_provider.protocol.response_type import IMPLICIT_GRANT, is_front_channel
from oauth_provider.registry.grant import grant_types
from oauth_provider.registry.scope import all_scopes
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.resource_server.views.cors import from_anywhere
from oauth_provider.tokens.called_name import called_name
from oauth_provider.tokens.claims import registered
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.key_ring import algorithms

# Each endpoint under its name in the metadata, and the name of the URL pattern that mounts it.
ENDPOINTS = {
    "authorization_endpoint": "oauth_provider:authorize",
    "token_endpoint": "oauth_provider:token",
    "revocation_endpoint": "oauth_provider:revoke",
    "introspection_endpoint": "oauth_provider:introspect",
    "userinfo_endpoint": "oauth_provider:userinfo",
    "jwks_uri": "oauth_provider:jwks",
    "pushed_authorization_request_endpoint": "oauth_provider:par",
    "registration_endpoint": "oauth_provider:register",
    "end_session_endpoint": "oauth_provider:logout",
    "check_session_iframe": "oauth_provider:check_session",
}
MAX_AGE = 300

# So many are kept: an issuer that follows the request's host, under DEBUG, must not fill the memory.
MOST_DOCUMENTS = 100

_documents: dict[tuple[Any, ...], Document] = {}


def metadata(request: HttpRequest, path: str = "") -> HttpResponse:
    """The document, at the root and behind the issuer's own path (RFC 8414 §3.1); 404 behind any other."""
    asked = issuer_of(request)
    called_name.compare(request, asked)
    issuer = asked.name
    is_ours = path.strip("/") in ("", issuer_path(issuer))
    return serve(request, document(issuer) if is_ours else None, max_age=MAX_AGE)


def document(issuer: str) -> Document:
    """The document as bytes, made once for each issuer, set of URLs and of everything else that it says.

    Tenants may differ in any of it, and in nothing that a request shows.
    """
    members = json.dumps(described())
    made_of = (issuer, get_script_prefix(), get_urlconf(), *map(is_served, ENDPOINTS), members)
    found = _documents.get(made_of)
    if found is None:
        if len(_documents) >= MOST_DOCUMENTS:
            _documents.clear()
        found = _documents[made_of] = document_of(json.dumps(describe(issuer)).encode())
    return found


def describe(issuer: str) -> dict[str, Any]:
    """The members of the document; an endpoint that is not mounted is not in it."""
    return {"issuer": issuer, **mounted(issuer), **described()}


def described() -> dict[str, Any]:
    """All of them but the issuer and its URLs."""
    every_method = list(methods())
    return {
        "prompt_values_supported": list(prompts_supported()),
        **acr_values(),
        **authorization_details_types(),
        "scopes_supported": list(all_scopes()),
        "response_types_supported": list(response_types_supported()),
        "response_modes_supported": list(response_mode.SUPPORTED),
        "grant_types_supported": every_grant_type(),
        "token_endpoint_auth_methods_supported": every_method,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": every_method,
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": [one for one in every_method if one != NO_AUTHENTICATION],
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "subject_types_supported": list(subject.TYPES if provider_settings.PAIRWISE_SECRET else [subject.PUBLIC]),
        "id_token_signing_alg_values_supported": list(algorithms()),
        "id_token_encryption_alg_values_supported": list(KEY_MANAGEMENT),
        "id_token_encryption_enc_values_supported": list(CONTENT_ENCRYPTION),
        "userinfo_signing_alg_values_supported": list(algorithms()),
        "authorization_signing_alg_values_supported": list(algorithms()),
        "claim_types_supported": ["normal"],
        "claims_supported": ["sub", "auth_time", *registered()],
        "claims_parameter_supported": True,
        "code_challenge_methods_supported": list(pkce.METHODS),
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        **client_documents(),
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": list(ALGORITHMS),
        "require_signed_request_object": provider_settings.REQUIRE_SIGNED_REQUEST_OBJECT,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": provider_settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS,
        **{name: value for proof in key_proofs() for name, value in proof.metadata().items()},
    }


def every_grant_type() -> list[str]:
    """Return the grant types of the token endpoint, and the one of tokens that come from the other (RFC 7591 §2.1)."""
    return [*grant_types(), *([IMPLICIT_GRANT] if any(map(is_front_channel, response_types_supported())) else [])]


def acr_values() -> dict[str, list[str]]:
    """The levels of authentication that the project reaches; left out where it names none."""
    supported = authentication_context().acr_values_supported
    return {"acr_values_supported": list(supported)} if supported else {}


def authorization_details_types() -> dict[str, list[str]]:
    """The types that are registered (RFC 9396 §10); left out where there are none."""
    supported = list(provider_settings.AUTHORIZATION_DETAILS_TYPES)
    return {"authorization_details_types_supported": supported} if supported else {}


def client_documents() -> dict[str, bool]:
    """Are clients known by their documents? Left out where they are not, as a client reads it that knows neither."""
    is_open = door_policy(Door.DOCUMENT).is_open
    return {"client_id_metadata_document_supported": True} if is_open else {}


def mounted(issuer: str) -> dict[str, str]:
    """The URL of every endpoint that is mounted, on the issuer's host whatever host was asked."""
    urls = {}
    for name, pattern in ENDPOINTS.items():
        if not is_served(name):
            continue
        try:
            urls[name] = urljoin(issuer, reverse(pattern))
        except NoReverseMatch:
            continue
    return urls


def is_served(name: str) -> bool:
    """Does this endpoint answer, where it is mounted?"""
    if name == "check_session_iframe":
        return provider_settings.SESSION_MANAGEMENT
    return name != "registration_endpoint" or door_policy(Door.ENDPOINT).is_open


view = for_programs(metadata, may_read=from_anywhere)  # with its path, a pattern's own argument


def _forget(**kwargs: Any) -> None:
    _documents.clear()


setting_changed.connect(_forget)
