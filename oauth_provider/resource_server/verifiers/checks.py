"""System checks of ``OAUTH_RESOURCE_SERVER["JWT"]`` (RFC 9068 §4): its issuers and its audience."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.resource_server.conf import NAME, conf
from oauth_provider.resource_server.verifiers.jwt import JWTOrIntrospectionVerifier, JWTVerifier


def check_issuers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E042: no issuer is accepted. E043: there is no introspection endpoint for opaque tokens."""
    verifier = _verifier()
    if verifier is None:
        return []
    messages: list[CheckMessage] = []
    if not conf.authorization_servers:
        hint = f'Set {NAME}["AUTHORIZATION_SERVERS"] to the list of issuers whose tokens are good here.'
        messages.append(Error("No issuer's JWT is accepted.", hint=hint, id="oauth_resource_server.E042"))
    if isinstance(verifier, JWTOrIntrospectionVerifier) and "INTROSPECTION" not in conf.project:
        hint = f'Set {NAME}["INTROSPECTION"], or name JWTVerifier, which takes no opaque tokens.'
        messages.append(Error("No opaque token can be verified.", hint=hint, id="oauth_resource_server.E043"))
    return messages


def check_resource(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W042: the Host header decides the audience. W043: there are keys of an issuer that is not accepted."""
    if _verifier() is None:
        return []
    messages: list[CheckMessage] = []
    if not conf.resource:
        hint = f'Set {NAME}["RESOURCE"] to this API\'s identifier, which tokens must name in aud (RFC 9068 §4).'
        messages.append(
            Warning("Whom a JWT is for is judged by the Host header.", hint=hint, id="oauth_resource_server.W042")
        )
    messages += [
        Warning(
            f"JWKS_URIS names {issuer!r}, whose tokens are not accepted.",
            hint=f'Add it to {NAME}["AUTHORIZATION_SERVERS"], spelt as in its tokens, or take it out.',
            id="oauth_resource_server.W043",
        )
        for issuer in conf.jwt.jwks_uris
        if issuer not in conf.authorization_servers
    ]
    return messages


def _verifier() -> Any:
    """Return the verifier if it is one of ours for JWTs and its settings can be read. E003 and E004 report the rest."""
    try:
        verifier: Any = conf.verifier
        _ = conf.authorization_servers, conf.resource, conf.jwt
    except ImproperlyConfigured:
        return None
    return verifier if isinstance(verifier, JWTVerifier | JWTOrIntrospectionVerifier) else None


CHECKS = (check_issuers, check_resource)
