"""The userinfo endpoint (OpenID Connect Core §5.3): what a person has allowed a client to know, for its token."""

from collections.abc import Collection
from urllib.parse import urljoin

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from oauth_provider.endpoints.cors import allow_origins, preflight
from oauth_provider.endpoints.json_endpoint import MethodNotAllowed, answer, for_programs, refuse, unstored
from oauth_provider.form_body import read_body
from oauth_provider.protocol import jws
from oauth_provider.protocol.bearer import challenge, token_from_header
from oauth_provider.protocol.claims import USERINFO, requested_claims
from oauth_provider.protocol.errors import InsufficientScope, InvalidRequest, InvalidToken, OAuthError
from oauth_provider.protocol.form import CONTENT_TYPE, parse_form
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.reason import Reason
from oauth_provider.tokens.claims import ClaimContext, userinfo_claims
from oauth_provider.tokens.found_token import FoundToken
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.subject import subject_by
from oauth_provider.tokens.token_lookup import find_for_userinfo
from oauth_provider.tokens.verifier import find_good

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
ALLOW = ", ".join(METHODS)
JWT = "application/jwt"


class NoToken(InvalidToken):
    """RFC 6750 §3.1: who sent no token is told how to, and no error."""


@sensitive_variables()
def userinfo(request: HttpRequest) -> HttpResponse:
    """JSON, or a signed JWT where the client's policy says so."""
    if request.method == "OPTIONS":
        return preflight(request, ALLOW)
    origins: Collection[str] | None = None
    try:
        if request.method not in METHODS:
            raise MethodNotAllowed(Reason.METHOD_NOT_ALLOWED, methods="GET and POST")
        found = find_good(presented_token(request), find_for_userinfo)
        origins = (found.userinfo.allowed_origins or "").split()
        check(found, request)
        response = _tell(found, request)
    except OAuthError as error:
        response = _refuse(error, request)
    allow_origins(response, request, origins)
    return response


@sensitive_variables()
def presented_token(request: HttpRequest) -> str:
    """The token in the header or in a form (RFC 6750 §2.1 and §2.2), never in the URL.

    Raises ``InvalidRequest`` where there are two, ``InvalidToken`` and ``NoToken``.
    """
    if "access_token" in request.GET:
        raise InvalidRequest(Reason.TOKEN_IN_URL)
    in_header = token_from_header(request.headers.get("Authorization", ""))
    has_form = request.method == "POST" and request.content_type == CONTENT_TYPE
    in_form = parse_form(read_body(request)).parameters.get("access_token") if has_form else None
    if in_header is not None and in_form is not None:
        raise InvalidRequest(Reason.TOKEN_SENT_TWICE)
    token = in_header if in_header is not None else in_form
    if token is None:
        raise NoToken(Reason.TOKEN_MISSING)
    return token


def check(found: FoundToken, request: HttpRequest) -> None:
    """The rules, in order. Raises ``InvalidToken`` and ``InsufficientScope``."""
    if found.cnf is not None:
        raise InvalidToken(Reason.TOKEN_BOUND)
    here = urljoin(issuer_of(request).name, request.path)
    if not found.is_for_userinfo(here):
        raise InvalidToken(Reason.TOKEN_FOR_OTHER_RESOURCE, detail=f"this is {here!r}")
    if OPENID not in found.scope.split():
        raise InsufficientScope(Reason.TOKEN_WITHOUT_OPENID, scope=(OPENID,))
    if found.user is None:
        raise InvalidToken(Reason.TOKEN_OF_NOBODY, detail="a client's own token")


@sensitive_variables()
def _tell(found: FoundToken, request: HttpRequest) -> HttpResponse:
    client_id = found.client_id or ""
    asked = requested_claims(found.userinfo.claims or {}, USERINFO)
    context = ClaimContext(client_id, tuple(found.scope.split()), asked)
    members = {**userinfo_claims(found.user, context), "sub": _subject(found)}
    alg = found.userinfo.signed_response_alg
    if not alg:
        return answer(members)
    issuer = issuer_of(request)
    signed = {**members, "iss": issuer.name, "aud": client_id}
    return unstored(HttpResponse(jws.sign(signed, issuer.keys.signer(alg)), content_type=JWT))


def _subject(found: FoundToken) -> str:
    terms = found.userinfo
    return subject_by(found.user, terms.subject_type, (terms.redirect_uris or "").split(), terms.sector_identifier_uri)


def _refuse(error: OAuthError, request: HttpRequest) -> HttpResponse:
    response = refuse(error, request, None)
    said = {} if isinstance(error, NoToken) else error.parameters()
    scope = {"scope": OPENID} if isinstance(error, InsufficientScope) else {}
    if isinstance(error, MethodNotAllowed):
        response["Allow"] = ALLOW
    elif error.status < 500:
        response["WWW-Authenticate"] = challenge({"realm": "oauth", **said, **scope})
    return response


# A report of an error on its way must hold no token.
view = for_programs(sensitive_post_parameters()(userinfo))
