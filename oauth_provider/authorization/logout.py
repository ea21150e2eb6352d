"""The logout request (OpenID Connect RP-Initiated Logout 1.0 §2 and §3): who asks, about whom, and where to next.

What its rules refuse is told to the person and never redirected (§4).
"""

import time
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import Any

from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.sign_in import SIGN_IN, sids_of
from oauth_provider.clients import lookup as client_lookup
from oauth_provider.conf import provider_settings
from oauth_provider.events.actor import person_behind
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import InvalidRequest, RequestTooLarge
from oauth_provider.protocol.form import parse_form
from oauth_provider.protocol.id_token import verify_id_token
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.redirect_uri import is_usable
from oauth_provider.protocol.redirect_uri_difference import unregistered_after_logout
from oauth_provider.protocol.response_mode import as_query
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import Issuer, issuer_of
from oauth_provider.tokens.logout import end_sessions, frames
from oauth_provider.tokens.person import email_of, username_of
from oauth_provider.tokens.subject import known_sid, known_subject

MAX_LENGTH = 16_384
SALT = "oauth_provider.authorization.logout"


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A logout request; what it leaves out is empty. ``subject`` and ``sid`` are of a hint that is proven ours.

    ``post_logout_redirect_uri`` is registered for ``client_id``.
    """

    client_id: str = ""
    post_logout_redirect_uri: str = ""
    state: str = ""
    subject: str = ""
    sid: str = ""
    logout_hint: str = ""
    ui_locales: str = ""

    @property
    def is_proven(self) -> bool:
        """Does it come from a client that somebody signed in to?"""
        return bool(self.subject)

    @property
    def next_url(self) -> str:
        """Return the client's URL with ``state``, for when all is done; empty for our own page."""
        uri = self.post_logout_redirect_uri
        return as_query(uri, {"state": self.state}) if uri and self.state else uri


@dataclass(frozen=True, slots=True)
class Logout:
    """A request and the client that makes it; None where nobody says who asks."""

    request: LogoutRequest
    client: Client | None


@sensitive_variables()
def establish(query: str, issuer: Issuer) -> Logout:
    """The logout that a query string or a form's body asks for. Raises ``InvalidRequest``."""
    if len(query) > MAX_LENGTH:
        raise RequestTooLarge(Reason.REQUEST_TOO_LONG)
    asked = parse_form(query).parameters
    claims = claims_of_hint(asked, issuer)
    request = LogoutRequest(
        client_id=asked.get("client_id") or str(claims.get("aud", "")),
        post_logout_redirect_uri=asked.get("post_logout_redirect_uri", ""),
        state=asked.get("state", ""),
        subject=str(claims.get("sub", "")),
        sid=str(claims.get("sid", "")),
        logout_hint=asked.get("logout_hint", ""),
        ui_locales=asked.get("ui_locales", ""),
    )
    return judge(request)


@sensitive_variables()
def claims_of_hint(asked: Mapping[str, str], issuer: Issuer) -> Mapping[str, Any]:
    """§2: an ID token that we signed, for this client where one is named. One that has expired still serves."""
    hint = asked.get("id_token_hint")
    if hint is None:
        return {}
    client_id = asked.get("client_id", "")
    try:
        return verify_id_token(
            hint, issuer.keys.known, issuer=issuer.name, now=time.time(), client_id=client_id, allow_expired=True
        )
    except JoseError as error:
        raise InvalidRequest(Reason.LOGOUT_HINT_INVALID, detail=str(error)) from None


def judge(request: LogoutRequest) -> Logout:
    """Apply the rules that a change at the client may turn. Raises ``InvalidRequest``."""
    if not request.client_id:
        # §3: a URI that nobody answers for is not followed.
        return Logout(replace(request, post_logout_redirect_uri=""), None)
    client = find_client(request)
    check_post_logout_redirect_uri(request, client)
    check_state(request)
    return Logout(request, client)


def find_client(request: LogoutRequest) -> Client:
    """The client exists and is not suspended."""
    client = client_lookup.find_client(request.client_id)
    if client is None or client.is_barred:
        raise InvalidRequest(Reason.APPLICATION_UNKNOWN, detail=f"client_id {request.client_id[:64]!r}")
    return client


def check_post_logout_redirect_uri(request: LogoutRequest, client: Client) -> None:
    """§3.1: one of those registered, compared as strings."""
    uri = request.post_logout_redirect_uri
    if uri and not (uri in client.post_logout_redirect_uris and is_usable(uri)):
        raise unregistered_after_logout(uri, client.post_logout_redirect_uris)


def check_state(request: LogoutRequest) -> None:
    """RFC 6749 Appendix A.5: printable ASCII; what is not could not be sent back unharmed."""
    if not (request.state.isascii() and request.state.isprintable()):
        raise InvalidRequest(Reason.PARAMETER_CHARACTERS, name="state")


def to_ticket(request: LogoutRequest) -> str:
    """Return the checked request, signed and dated, without the ID token that proved it."""
    return signing.dumps(astuple(request), salt=SALT, compress=True)


def from_ticket(ticket: str) -> Logout:
    """The logout in a ticket of ours, judged anew. Raises ``InvalidRequest``."""
    try:
        values = signing.loads(ticket, salt=SALT, max_age=provider_settings.LOGIN_LIFETIME)
    except signing.SignatureExpired:
        raise InvalidRequest(Reason.REQUEST_EXPIRED) from None
    except (signing.BadSignature, ValueError):
        raise InvalidRequest(Reason.REQUEST_NOT_OURS) from None
    return judge(LogoutRequest(*values))


def is_of_this_session(http: HttpRequest, asked: Logout) -> bool:
    """§2: may the session end without a question? Only by an ID token of this person and this very session."""
    user = session_user(http)
    subject = known_subject(user, asked.client) if user is not None else ""
    is_this_persons = bool(subject) and asked.request.subject == subject
    return is_this_persons and was_of_this_session(http, asked) and is_about(user, asked.request)


def was_of_this_session(http: HttpRequest, asked: Logout) -> bool:
    """Was the ID token issued in this session, whoever is signed in now? By the client's own name for it."""
    sids = sids_of(http)
    told = {known_sid(sid, asked.client) for sid in sids} if asked.client is not None else set()
    # An ID token of ours from before sessions had names by sector says the session's own.
    return bool(asked.request.sid) and asked.request.sid in told.union(sids)


def is_about(user: Any, request: LogoutRequest) -> bool:
    """``logout_hint`` names this person, or nobody: by username, email address, ``sub`` or ``sid``."""
    names = {username_of(user), email_of(user), request.subject, request.sid}
    return request.logout_hint.casefold() in {"", *(name.casefold() for name in names)}


def end_with_session(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    """Receiver of ``user_logged_out``, which Django sends before it forgets the session: ours, or the project's own."""
    if request is None or not hasattr(request, "session"):
        return
    sids = sids_of(request)
    if sids:
        end_sessions(sids, issuer_of(request), person_behind(request))
        # Told once, also where somebody signs in to the same request afterwards.
        request.session.pop(SIGN_IN, None)


def end_session(http: HttpRequest, issuer: Issuer) -> list[str]:
    """End the login of this browser, and no other of the same person; the URLs that its page has to open in frames."""
    opened = frames(sids_of(http), issuer)
    logout(http)
    return opened
