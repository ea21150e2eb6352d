"""Errors (RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1): one class for each code that goes over the wire.

An error has a reason, and carries two texts. ``description`` is for the client's developer: stable, printable ASCII,
and safe to show to anyone; it belongs to the reason. ``detail`` is for the operator: it goes to the log, and to the
client's page in the admin.
"""

from typing import ClassVar

from oauth_provider.protocol.reason import Reason


class OAuthError(Exception):
    """Base of every refusal.

    ``error`` is the code as registered at IANA, ``status`` the HTTP status where no redirect is due, and
    ``redirectable`` says whether it may be sent back to a client's redirect URI. A ``reason`` gives the description,
    with ``named`` filled in; a project's own code may give words of its own in its place. ``client_id`` is of the
    client that it is about, where there is one; whoever knows sets it.
    """

    error: ClassVar[str] = "server_error"
    status: ClassVar[int] = 400
    redirectable: ClassVar[bool] = False

    def __init__(self, reason: Reason | str = "", *, detail: str = "", **named: object) -> None:
        if isinstance(reason, Reason):
            self.reason, self.description = reason, reason.text.format(**named)
        else:
            self.reason, self.description = Reason.UNSPECIFIED, reason
        self.detail = detail
        self.client_id = ""
        super().__init__(self.description or self.error)

    def parameters(self) -> dict[str, str]:
        """Return the members of an error answer, in the order of RFC 6749 §5.2."""
        answer = {"error": self.error}
        if self.description:
            answer["error_description"] = self.description
        return answer


class ServerError(OAuthError):
    """RFC 6749 §4.1.2.1: the fault is ours, and ``detail`` says what to repair."""

    status = 500


class InvalidRequest(OAuthError):
    """RFC 6749 §5.2: a parameter is missing, repeated, or malformed."""

    error = "invalid_request"
    redirectable = True


class RequestTooLarge(InvalidRequest):
    """RFC 9110 §15.5.14: the body is too large to be read. The code is ``invalid_request``."""

    status = 413


class LengthRequired(InvalidRequest):
    """RFC 9110 §15.5.12: the body has no length and this server cannot read it. The code is ``invalid_request``."""

    status = 411


class InvalidClient(OAuthError):
    """RFC 6749 §5.2: client authentication failed."""

    error = "invalid_client"
    status = 401


class InvalidGrant(OAuthError):
    """RFC 6749 §5.2: the code or refresh token is invalid, expired, revoked or somebody else's."""

    error = "invalid_grant"


class UnauthorizedClient(OAuthError):
    """RFC 6749 §5.2: this client may not use this grant or response type."""

    error = "unauthorized_client"
    redirectable = True


class UnsupportedGrantType(OAuthError):
    """RFC 6749 §5.2: this server does not have the grant type."""

    error = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    """RFC 6749 §4.1.2.1: this server does not have the response type."""

    error = "unsupported_response_type"
    redirectable = True


class InvalidScope(OAuthError):
    """RFC 6749 §5.2: the scope is unknown, malformed, or more than was granted."""

    error = "invalid_scope"
    redirectable = True


class InvalidTarget(OAuthError):
    """RFC 8707 §2: the resource is unknown or malformed."""

    error = "invalid_target"
    redirectable = True


class InvalidAuthorizationDetails(OAuthError):
    """RFC 9396 §5 and §8: a detail has an unknown type, does not fit its type, or is more than was granted."""

    error = "invalid_authorization_details"
    redirectable = True


class AccessDenied(OAuthError):
    """RFC 6749 §4.1.2.1: the person refused."""

    error = "access_denied"
    status = 403
    redirectable = True


class LoginRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: the person would have to sign in, or as somebody else."""

    error = "login_required"
    redirectable = True


class ConsentRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: the person would have to consent."""

    error = "consent_required"
    redirectable = True


class InteractionRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: another page would have to be shown."""

    error = "interaction_required"
    redirectable = True


class AccountSelectionRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: the person would have to choose an account."""

    error = "account_selection_required"
    redirectable = True


class InvalidRequestObject(OAuthError):
    """RFC 9101 §6: the request object is not what its client signed for this server."""

    error = "invalid_request_object"
    redirectable = True


class InvalidRequestUri(OAuthError):
    """RFC 9101 §7: the ``request_uri`` is used, expired, of another client, or unknown."""

    error = "invalid_request_uri"


class RequestUriNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6: a ``request_uri`` that is not ours is never fetched."""

    error = "request_uri_not_supported"
    redirectable = True


class RegistrationNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6: the ``registration`` parameter is not supported."""

    error = "registration_not_supported"
    redirectable = True


class InvalidClientMetadata(OAuthError):
    """RFC 7591 §3.2.2: a member of a client's metadata cannot be registered."""

    error = "invalid_client_metadata"


class InvalidRedirectUri(OAuthError):
    """RFC 7591 §3.2.2: a redirect URI cannot be registered."""

    error = "invalid_redirect_uri"


class InvalidSoftwareStatement(OAuthError):
    """RFC 7591 §3.2.2: the software statement is malformed, or not what its issuer signed."""

    error = "invalid_software_statement"


class UnapprovedSoftwareStatement(OAuthError):
    """RFC 7591 §3.2.2: nobody here trusts the issuer of the software statement, or one is needed and missing."""

    error = "unapproved_software_statement"


class TemporarilyUnavailable(OAuthError):
    """RFC 6749 §4.1.2.1; also the answer (429) to a caller that failed too often. ``retry_after`` is in seconds."""

    error = "temporarily_unavailable"
    status = 429
    redirectable = True

    def __init__(self, reason: Reason | str = "", *, detail: str = "", retry_after: int = 60) -> None:
        super().__init__(reason, detail=detail)
        self.retry_after = retry_after


class KeysUnavailable(TemporarilyUnavailable):
    """RFC 9110 §15.6.4: the keys of a client cannot be fetched at the moment. The caller is not to blame."""

    status = 503


class InvalidToken(OAuthError):
    """RFC 6750 §3.1: the access token is expired, revoked or malformed, or is no access token."""

    error = "invalid_token"
    status = 401


class InsufficientScope(OAuthError):
    """RFC 6750 §3.1: the token is good but lacks a scope. ``scope`` is everything that the call needs."""

    error = "insufficient_scope"
    status = 403

    def __init__(self, reason: Reason | str = "", *, detail: str = "", scope: tuple[str, ...] = ()) -> None:
        super().__init__(reason, detail=detail)
        self.scope = scope


class InsufficientAuthorizationDetails(OAuthError):
    """RFC 6750 §3.1: the token is good but its details (RFC 9396 §9) do not allow the call.

    RFC 9396 has no error code of its own for this.
    """

    error = "insufficient_scope"
    status = 403


class InsufficientUserAuthentication(OAuthError):
    """RFC 9470 §3: the token is good, but its user signed in too long ago or not in the required way."""

    error = "insufficient_user_authentication"
    status = 401


class ServiceUnavailable(OAuthError):
    """RFC 9110 §15.6.4: tokens cannot be verified at the moment. ``retry_after`` is in seconds."""

    error = "temporarily_unavailable"
    status = 503
    retry_after: ClassVar[int] = 10
