"""The two that are compared: where their endpoints are, and how each is given its clients."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
    """``create_client`` makes a client of one grant type, as DOT spells it; it may introspect."""

    authorize: str
    token: str
    introspect: str
    create_client: Callable[[str], Client]


def _create_ours(grant_type: str, **policy_of: Any) -> Client:
    """The secret is made by machine and stored as its digest, as all of ours are."""
    from oauth_provider.dot.names import application_model
    from oauth_provider.models import ClientPolicy, ClientSecret

    application = application_model()._default_manager.create(**_columns(grant_type), hash_client_secret=False)
    policy = ClientPolicy.default_for(application)
    for name, value in {"may_introspect": True, **policy_of}.items():
        setattr(policy, name, value)
    policy.save()
    _row, secret = ClientSecret.objects.create_secret(application)
    return Client(application.client_id, secret)


def _create_dots(grant_type: str) -> Client:
    """The secret is stored as it is, which takes the cost of the password hash away altogether."""
    from oauth2_provider.models import Application

    secret = secrets.token_hex(32)
    stored = {"client_secret": secret, "hash_client_secret": False}
    application = Application.objects.create(**_columns(grant_type), **stored, skip_authorization=True)
    return Client(application.client_id, secret)


def _columns(grant_type: str) -> dict[str, Any]:
    is_app = grant_type == "authorization-code"
    return {
        "name": "Notes app" if is_app else "Notes service",
        "client_type": "confidential",
        "authorization_grant_type": grant_type,
        "redirect_uris": CALLBACK if is_app else "",
    }


OURS = Subject("/oauth/authorize", "/oauth/token", "/oauth/introspect", _create_ours)
SUBJECTS = {
    "ours": OURS,
    "remembering": OURS,
    "jwt": replace(OURS, create_client=partial(_create_ours, access_token_format="jwt")),
    "dot": Subject("/o/authorize/", "/o/token/", "/o/introspect/", _create_dots),
}
