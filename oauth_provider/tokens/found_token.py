"""A found access token: one row of the lookup that an API call costs, with names, and what is said against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from oauth_provider.dot.names import Row, application_model, concrete_names
from oauth_provider.dot.usability import is_usable, overrides_is_usable
from oauth_provider.models.client import ClientPolicy
from oauth_provider.protocol.access_token import JwtAccessToken
from oauth_provider.protocol.resource_indicator import apis_of, is_audience
from oauth_provider.sql.lookup import user_model, whole_row

# Everything that decides about a token or that it says, and is no column of its user: the first fields of FoundToken.
COLUMNS = {
    "expires": "expires",
    "issued_at": "created",
    "scope": "scope",
    "resources": "resource",
    "user_id": "user_id",
    "application_id": "application_id",
    "client_id": "application__client_id",
    "policy_status": "application__oauth_policy__status",
    "usable_by": "application__oauth_policy__usable_by",
    "cnf": "oauth_binding__cnf",
    "act": "oauth_binding__act",
    "authorization_details": "oauth_binding__authorization_details",
    "authorization_id": "oauth_binding__authorization_id",
    "public_id": "oauth_binding__authorization__public_id",
    "auth_time": "oauth_binding__authorization__auth_time",
    "acr": "oauth_binding__authorization__acr",
    "revoked_at": "oauth_binding__authorization__revoked_at",
    "ends_at": "oauth_binding__authorization__expires_at",
    "sign_in_context": "oauth_binding__authorization__context",
    "client_context": "application__oauth_policy__context",
}

# The fields of UserinfoTerms: no API call with an opaque token pays for them.
USERINFO_COLUMNS = {
    "claims": "oauth_binding__authorization__claims",
    "signed_response_alg": "application__oauth_policy__userinfo_signed_response_alg",
    "subject_type": "application__oauth_policy__subject_type",
    "sector_identifier_uri": "application__oauth_policy__sector_identifier_uri",
    "redirect_uris": "application__redirect_uris",
    "allowed_origins": "application__allowed_origins",
}


class UserinfoTerms(NamedTuple):
    """The terms of userinfo (OpenID Connect Core §5.3); None where there is no policy or sign-in."""

    claims: dict[str, Any] | None = None
    signed_response_alg: str | None = None
    subject_type: str | None = None
    sector_identifier_uri: str | None = None
    redirect_uris: str | None = None
    allowed_origins: str | None = None


class FoundToken(NamedTuple):
    """An access token with everything that decides whether it is good.

    ``client`` is the client's row where the project's own model judges by it, ``userinfo`` is there where it was asked
    for, and ``jwt`` is what the token says itself, where it is one.
    """

    expires: datetime
    issued_at: datetime
    scope: str
    resources: list[str] | None
    user_id: Any
    application_id: Any
    client_id: str | None
    policy_status: str | None
    usable_by: str | None
    cnf: dict[str, Any] | None
    act: dict[str, Any] | None
    authorization_details: list[dict[str, Any]] | None
    authorization_id: Any
    public_id: Any
    auth_time: datetime | None
    acr: str | None
    revoked_at: datetime | None
    ends_at: datetime | None
    sign_in_context: str | None
    client_context: str | None
    user: Any
    using: str
    client: Row | None = None
    userinfo: UserinfoTerms = UserinfoTerms()
    jwt: JwtAccessToken | None = None

    @property
    def context(self) -> str:
        """The context that is acted in: the sign-in's, or the client's where it acts for itself; empty: none."""
        return (self.client_context if self.user is None else self.sign_in_context) or ""

    @property
    def audience(self) -> tuple[str, ...]:
        """The resources that it may be used at; none: anywhere here.

        A JWT must name somebody (RFC 9068 §3): the issuer alone is everything in its project. Beside others it stands
        for userinfo, and opens no API.
        """
        resources = tuple(self.resources or ())
        if self.jwt is None:
            return resources
        listed = apis_of(resources, self.jwt.issuer)
        return () if listed == (self.jwt.issuer,) else listed

    def is_for_userinfo(self, url: str) -> bool:
        """May it be used at the userinfo endpoint, which is at ``url``? Its issuer in a JWT means that, too."""
        is_named = self.jwt is not None and self.jwt.issuer in (self.resources or ())
        return is_named or is_audience(self.audience, url)

    def load_application(self) -> Row | None:
        """DOT's row of the client, asked for where it did not come along: few calls want more than ``client_id``."""
        if self.client is not None or self.application_id is None:
            return self.client
        return application_model()._base_manager.using(self.using).filter(pk=self.application_id).first()

    def refusal(self, now: datetime) -> str:
        """Why this token is refused, for the operator; empty if nothing is said against it."""
        return refusal(
            now,
            expires=self.expires,
            is_barred=self.policy_status == ClientPolicy.Status.SUSPENDED
            or (self.client is not None and not is_usable(self.client)),
            user=self.user,
            revoked_at=self.revoked_at,
            ends_at=self.ends_at,
        )


def refusal(
    now: datetime,
    *,
    expires: datetime,
    is_barred: bool,
    user: Any,
    revoked_at: datetime | None,
    ends_at: datetime | None,
) -> str:
    """The rules of a good access token, in order: why it is refused, or an empty string."""
    if expires <= now:
        return "expired"
    if is_barred:
        return "client suspended"
    if user is not None and not getattr(user, "is_active", True):
        return "user inactive"
    if revoked_at is not None:
        return "authorization revoked"
    if ends_at is not None and ends_at <= now:
        return "authorization expired"
    return ""


def paths_of_user() -> list[str]:
    """The columns of the user, which comes whole: an API may read any of them."""
    return [f"user__{name}" for name in concrete_names(user_model())]


def paths_of_client(prefix: str = "application__") -> list[str]:
    """The columns of the client, where the project's own model judges by them."""
    return [f"{prefix}{name}" for name in concrete_names(application_model())] if overrides_is_usable() else []


def client_row(values: Sequence[Any], using: str) -> Row | None:
    """The client by what ``paths_of_client`` named; None where that is nothing, or there is none."""
    return whole_row(application_model(), values, using) if values else None
