"""A client that was made for whoever tries it (RFC 7591 §3.2.1), and the request it begins with (RFC 7636 §4)."""

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.authentication.client_secret_basic import METHOD as CLIENT_SECRET_BASIC
from oauth_provider.clients.registration.new_client import register_with_secret
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.models.client import Client
from oauth_provider.protocol import pkce
from oauth_provider.quickstart.draft import Draft
from oauth_provider.quickstart.server import Server

LABEL = "oauth_quickstart"
CODE_GRANT = "authorization_code"
OWN_GRANT = "client_credentials"
WEB_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class MadeClient:
    """The client as it was registered from ``draft``, with the one secret that nobody sees again.

    Where the secret was shown before, it is in the variable ``secret_variable`` of the environment.
    """

    draft: Draft
    client: Client
    client_secret: str = field(default="", repr=False)
    secret_variable: str = ""

    @property
    def client_id(self) -> str:
        """Return its identifier."""
        return self.client.client_id

    @property
    def has_secret(self) -> bool:
        """Does it prove itself by a secret?"""
        return bool(self.client_secret or self.secret_variable)

    @property
    def scope(self) -> str:
        """Return all its scopes, as a request names them."""
        return " ".join(self.draft.scopes)

    @property
    def redirect_uri(self) -> str:
        """Return the redirect URI that is easiest to try: one whose address a browser shows; empty without any."""
        uris = self.draft.redirect_uris
        return next((uri for uri in uris if urlsplit(uri).scheme in WEB_SCHEMES), next(iter(uris), ""))

    @property
    def app_redirect_uri(self) -> str:
        """Return the one that leads back into an app on a phone: its own scheme, or https (RFC 8252 §7.1, §7.2)."""
        return next((uri for uri in self.draft.redirect_uris if urlsplit(uri).scheme != "http"), "")

    def may(self, grant_type: str) -> bool:
        """Has its kind this grant?"""
        return grant_type in self.draft.kind.grant_types

    def as_json(self) -> dict[str, Any]:
        """Return its metadata by their names in RFC 7591, with the secret."""
        metadata, kind = self.draft.metadata, self.draft.kind
        shown: dict[str, Any] = {"client_id": self.client_id}
        if self.client_secret:
            shown["client_secret"] = self.client_secret
        return {
            **shown,
            "client_name": metadata.client_name,
            "redirect_uris": list(metadata.redirect_uris),
            "grant_types": list(kind.grant_types),
            "response_types": list(metadata.response_types) if CODE_GRANT in kind.grant_types else [],
            "token_endpoint_auth_method": metadata.token_endpoint_auth_method or CLIENT_SECRET_BASIC,
            "scope": self.scope,
        }


@dataclass(frozen=True, slots=True)
class FirstRequest:
    """An authorization request that can be opened in a browser, and what its code is redeemed with."""

    url: str
    redirect_uri: str
    state: str
    code_verifier: str = field(repr=False)

    def as_json(self) -> dict[str, str]:
        """Return it with the members that a program needs to go on."""
        return {
            "authorization_url": self.url,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "code_verifier": self.code_verifier,
        }


@sensitive_variables("secret")
def make_client(draft: Draft) -> MadeClient:
    """Register the client by the one verb. Raises ``MetadataRefused``."""
    client, secret = register_with_secret(draft.metadata, By(Door.QUICKSTART), kind=draft.kind, label=LABEL)
    return MadeClient(draft, client, secret)


def first_request(made: MadeClient, server: Server) -> FirstRequest | None:
    """Return a request with PKCE values that work once; None for a client without the code grant."""
    if not made.may(CODE_GRANT):
        return None
    state, code_verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
    parameters = {
        "response_type": "code",
        "client_id": made.client_id,
        "redirect_uri": made.redirect_uri,
        "scope": made.scope,
        "state": state,
        "code_challenge": pkce.s256(code_verifier),
        "code_challenge_method": pkce.METHODS[0],
    }
    if made.draft.resource:
        parameters["resource"] = made.draft.resource
    url = f"{server.endpoints['authorization_endpoint']}?{urlencode(parameters)}"
    return FirstRequest(url, made.redirect_uri, state, code_verifier)
