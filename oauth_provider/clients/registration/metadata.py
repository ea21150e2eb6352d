"""Client metadata (RFC 7591 §2, OpenID Connect Registration §2): what is registered of a client, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from oauth_provider.clients.registration.kinds import KINDS, Kind
from oauth_provider.dot.names import Row
from oauth_provider.models.client import Client, ClientPolicy
from oauth_provider.protocol import access_token, subject
from oauth_provider.protocol.jwe import CONTENT_ENCRYPTION
from oauth_provider.protocol.origin import origin_of
from oauth_provider.protocol.response_type import CODE

ALG = "RS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Metadata of a client in the words of the specifications, then what this server alone knows.

    ``publisher`` and ``verified_host`` are what an operator vouches for, and never a client's own words. ``logo`` is
    the digest of our copy. ``kind`` is the name of one of ``KINDS``, or empty. ``requested_scope`` waits for an
    operator, and ``usable_by`` has one rule to a line. ``scope`` None is every scope there is. An authentication method
    that is empty is any that fits the client's type. Lifetimes, windows and ``default_max_age`` are in seconds, and
    None where the server's own hold.
    """

    client_name: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ()
    response_types: tuple[str, ...] = (CODE,)
    token_endpoint_auth_method: str = ""
    token_endpoint_auth_signing_alg: str = ""
    scope: tuple[str, ...] | None = ()
    authorization_details_types: tuple[str, ...] = ()
    jwks: Mapping[str, Any] | None = field(default=None, repr=False)
    jwks_uri: str = ""
    id_token_signed_response_alg: str = ALG
    id_token_encrypted_response_alg: str = ""
    id_token_encrypted_response_enc: str = CONTENT_ENCRYPTION[0]
    userinfo_signed_response_alg: str = ""
    authorization_signed_response_alg: str = ALG
    request_object_signing_alg: str = ""
    require_signed_request_object: bool = False
    require_pushed_authorization_requests: bool = False
    subject_type: str = subject.PUBLIC
    sector_identifier_uri: str = ""
    default_max_age: int | None = None
    require_auth_time: bool = False
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool = False
    client_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""

    logo: str = ""
    accent_color: str = ""
    accent_color_dark: str = ""
    publisher: str = ""
    verified_host: str = ""
    is_public: bool = False
    allowed_origins: tuple[str, ...] = ()
    status: str = ClientPolicy.Status.APPROVED
    kind: str = ""
    requested_scope: str = ""
    usable_by: str = ""
    may_introspect: bool = False
    context: str = ""
    optional_scope: str = ""
    rotate_refresh_tokens: bool = True
    refresh_token_retry_window: int | None = None
    pkce_excused_until: date | None = None
    takes_older_assertions: bool = False
    scope_claims_in_id_token: bool = False
    access_token_format: str = access_token.OPAQUE
    access_token_lifetime: int | None = None
    authorization_idle_lifetime: int | None = None
    authorization_lifetime: int | None = None

    @classmethod
    def of_kind(cls, kind: Kind, **given: Any) -> "Metadata":
        """Return the metadata of a new client of ``kind``: what follows from it, and ``given``."""
        follows: dict[str, Any] = {
            "kind": kind.name,
            "is_public": kind.is_public,
            "grant_types": kind.grant_types,
            "token_endpoint_auth_method": kind.token_endpoint_auth_method,
            "may_introspect": kind.may_introspect,
        }
        metadata = cls(**follows | given)
        if not kind.takes_origins_of_redirects or metadata.allowed_origins:
            return metadata
        origins = filter(None, map(origin_of, metadata.redirect_uris))
        return replace(metadata, allowed_origins=tuple(dict.fromkeys(origins)))

    def guess_kind(self) -> Kind | None:
        """Return the kind that the client has, or else the one that fits what it is; None where none does.

        What it was registered as counts for as long as it is that.
        """
        named = KINDS.get(self.kind)
        if named is not None and named.is_public == self.is_public:
            return named
        return next((kind for kind in KINDS.values() if kind.fits(self.is_public, self.grant_types)), None)

    @classmethod
    def of(cls, client: Client) -> "Metadata":
        """Return what is registered of ``client``."""
        read: dict[str, Any] = {name: tuple((getattr(client.application, name) or "").split()) for name in LINES}
        read |= {"client_name": client.application.name, "is_public": client.is_public}
        for name, column in OF_POLICY.items():
            value = getattr(client.policy, column)
            read[name] = tuple(value) if isinstance(value, list) else value
        return cls(**read)

    def differs_in(self, other: "Metadata") -> frozenset[str]:
        """Return the members that are not the same in ``other``."""
        return frozenset(name for name in MEMBERS if getattr(self, name) != getattr(other, name))

    def write_to(self, application: Row, policy: ClientPolicy) -> None:
        """Set the columns of both rows, DOT's one grant type included. Saves nothing."""
        for name in LINES:
            setattr(application, name, " ".join(getattr(self, name)))
        application.name = self.client_name
        application.client_type = "public" if self.is_public else "confidential"
        for name, column in OF_POLICY.items():
            value = getattr(self, name)
            setattr(policy, column, list(value) if isinstance(value, tuple) else value)
        application.authorization_grant_type = self._dot_grant_type(application.authorization_grant_type or "", policy)

    def _dot_grant_type(self, current: str, policy: ClientPolicy) -> str:
        """DOT's column has one grant type for every client, and asks for redirect URIs where it is the code's."""
        if not self.grant_types and not self.redirect_uris:
            return "client-credentials"
        # A client whose only grants are a project's own has none that DOT knows.
        return policy.dot_grant_type(current) or ("authorization-code" if self.redirect_uris else "client-credentials")


MEMBERS = tuple(member.name for member in fields(Metadata))
# DOT's columns that hold several values, divided by spaces.
LINES = frozenset({"redirect_uris", "post_logout_redirect_uris", "allowed_origins"})
# Where each member is kept.
OF_APPLICATION = {"client_name": "name", "is_public": "client_type", **{name: name for name in LINES}}
OF_POLICY = {name: name for name in MEMBERS if name not in OF_APPLICATION} | {"scope": "scopes"}
