"""The two that are compared: where their endpoints are, and how each is given its clients."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

CALLBACK = "https://app.example.com/callback"


@dataclass(frozen=True, slots=True)
class Client:
    """A confidential client."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """``create_client`` makes a client of one grant type, as DOT spells it, that may introspect and ask each time."""

    authorize: str
    token: str
    introspect: str
    revoke: str
    userinfo: str
    discovery: str
    create_client: Callable[..., Client]


def _create_ours(grant_type: str, *, asks: bool = False, **policy_of: Any) -> Client:
    """The secret is made by machine and stored as its digest, as all of ours are. Each of ours asks once."""
    from oauth_provider.dot.names import application_model
    from oauth_provider.models import ClientPolicy, ClientSecret

    application = application_model()._default_manager.create(**_columns(grant_type), hash_client_secret=False)
    policy = ClientPolicy.default_for(application)
    for name, value in {"may_introspect": True, **policy_of}.items():
        setattr(policy, name, value)
    policy.save()
    _row, secret = ClientSecret.objects.create_secret(application)
    return Client(application.client_id, secret)


def _create_dots(grant_type: str, *, asks: bool = False, **columns: Any) -> Client:
    """The secret is stored as it is, which takes the cost of the password hash away altogether."""
    from oauth2_provider.models import Application

    secret = secrets.token_hex(32)
    stored = {"client_secret": secret, "hash_client_secret": False}
    application = Application.objects.create(**_columns(grant_type), **columns, **stored, skip_authorization=not asks)
    return Client(application.client_id, secret)


def _columns(grant_type: str) -> dict[str, Any]:
    is_app = grant_type == "authorization-code"
    return {
        "name": "Notes app" if is_app else "Notes service",
        "client_type": "confidential",
        "authorization_grant_type": grant_type,
        "redirect_uris": CALLBACK if is_app else "",
    }


def _ours(**policy: Any) -> Subject:
    return Subject(
        authorize="/oauth/authorize",
        token="/oauth/token",
        introspect="/oauth/introspect",
        revoke="/oauth/revoke",
        userinfo="/oauth/userinfo",
        discovery="/.well-known/openid-configuration",
        create_client=partial(_create_ours, **policy),
    )


def _dots(**columns: Any) -> Subject:
    return Subject(
        authorize="/o/authorize/",
        token="/o/token/",
        introspect="/o/introspect/",
        revoke="/o/revoke_token/",
        userinfo="/o/userinfo/",
        discovery="/o/.well-known/openid-configuration/",
        create_client=partial(_create_dots, **columns),
    )


SUBJECTS = {
    "ours": _ours(),
    "ours_psycopg": _ours(),
    "remembering": _ours(),
    "jwt": _ours(access_token_format="jwt"),
    "jwt_rs256": _ours(access_token_format="jwt"),
    "dot": _dots(),
    "dot_psycopg": _dots(),
    "dot_oidc": _dots(algorithm="RS256"),
}
