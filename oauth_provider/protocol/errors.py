"""Errors (RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1): one class for each code that goes over the wire.

An error has a reason, and carries two texts. ``description`` is for the client's developer: stable, printable ASCII,
and safe to show to anyone; it belongs to the reason. ``detail`` is for the operator: it goes to the log, and to the
client's page in the admin.
"""

from typing import ClassVar

from oauth_provider.protocol.reason import Reason


class OAuthError(Exception):
    """The base of every refusal.

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
        """The members of an error answer, in the order of the RFC."""
        answer = {"error": self.error}
        if self.description:
            answer["error_description"] = self.description
        return answer


class ServerError(OAuthError):
    """RFC 6749 §4.1.2.1: it is our fault, and ``detail`` says what to mend."""

    status = 500


class InvalidRequest(OAuthError):
    """RFC 6749 §5.2: a parameter is missing, repeated, or malformed."""

    error = "invalid_request"
    redirectable = True


class RequestTooLarge(InvalidRequest):
    """The same code, for a body that nobody needs to read to its end (RFC 9110 §15.5.14)."""

    status = 413


class LengthRequired(InvalidRequest):
    """The same code, for a body that comes in pieces and that the server at hand cannot read (RFC 9110 §15.5.12)."""

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
    """RFC 6749 §5.2: no such grant type here."""

    error = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    """RFC 6749 §4.1.2.1: no such response type here."""

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
    """RFC 9396 §5 and §8: of an unknown type, not as its type has it, or more than was granted."""

    error = "invalid_authorization_details"
    redirectable = True


class AccessDenied(OAuthError):
    """RFC 6749 §4.1.2.1: the person said no."""

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
    """OpenID Connect Core §3.1.2.6: some other page would have to be shown."""

    error = "interaction_required"
    redirectable = True


class AccountSelectionRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6: the person had to choose an account, and did not."""

    error = "account_selection_required"
    redirectable = True


class InvalidRequestObject(OAuthError):
    """RFC 9101 §6: the request object is not what its client signed for this server."""

    error = "invalid_request_object"
    redirectable = True


class InvalidRequestUri(OAuthError):
    """RFC 9101 §7: the ``request_uri`` is spent, expired, somebody else's, or nobody's."""

    error = "invalid_request_uri"


class RequestUriNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6: a ``request_uri`` that is not ours is never fetched."""

    error = "request_uri_not_supported"
    redirectable = True


class RegistrationNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6: the ``registration`` parameter is not taken."""

    error = "registration_not_supported"
    redirectable = True


class TemporarilyUnavailable(OAuthError):
    """RFC 6749 §4.1.2.1, and our answer (429) to a caller that failed too often.

    ``retry_after`` is in seconds.
    """

    error = "temporarily_unavailable"
    status = 429
    redirectable = True

    def __init__(self, reason: Reason | str = "", *, detail: str = "", retry_after: int = 60) -> None:
        super().__init__(reason, detail=detail)
        self.retry_after = retry_after


class KeysUnavailable(TemporarilyUnavailable):
    """RFC 9110 §15.6.4: nobody can say at the moment which keys a client has, and it is not the caller's fault."""

    status = 503


class InvalidToken(OAuthError):
    """RFC 6750 §3.1: the access token is expired, revoked, malformed, or no access token at all."""

    error = "invalid_token"
    status = 401


class InsufficientScope(OAuthError):
    """RFC 6750 §3.1: a good token, but not for this. ``scope`` is everything the call needs."""

    error = "insufficient_scope"
    status = 403

    def __init__(self, reason: Reason | str = "", *, detail: str = "", scope: tuple[str, ...] = ()) -> None:
        super().__init__(reason, detail=detail)
        self.scope = scope


class InsufficientAuthorizationDetails(OAuthError):
    """RFC 6750 §3.1: a good token whose details (RFC 9396 §9) are not for this. RFC 9396 has no code of its own."""

    error = "insufficient_scope"
    status = 403


class InsufficientUserAuthentication(OAuthError):
    """RFC 9470 §3: a good token, but its user signed in too long ago, or not in the way that this call needs."""

    error = "insufficient_user_authentication"
    status = 401


class ServiceUnavailable(OAuthError):
    """RFC 9110 §15.6.4: nobody can say at the moment whether a token is good. ``retry_after`` is in seconds."""

    error = "temporarily_unavailable"
    status = 503
    retry_after: ClassVar[int] = 10
