"""Verifiers (RFC 6750 §3.1): they turn the string of a token into an ``AccessToken``."""

from oauth_provider.resource_server.token import Verifier
from oauth_provider.resource_server.verifiers.introspection import IntrospectionVerifier
from oauth_provider.resource_server.verifiers.jwt import JWTOrIntrospectionVerifier, JWTVerifier

__all__ = ["IntrospectionVerifier", "JWTOrIntrospectionVerifier", "JWTVerifier", "Verifier"]
