"""Words for newcomers: the meaning of parameters (RFC 6749 §11.2 registers them) and of refusals."""

from collections.abc import Sequence
from typing import Any

from oauth_provider.walk.page import read_page
from oauth_provider.walk.wire import Exchange

MEANINGS = {
    "response_type": "what the app wants back: a code",
    "client_id": "which app this is",
    "redirect_uri": "where the browser goes afterwards; must be registered",
    "scope": "what the app would like to do",
    "state": "random; must come back, so no other browser's answer fits",
    "code_challenge": "PKCE: SHA-256 of a secret that the app keeps for now",
    "code_challenge_method": "PKCE: how the challenge was made",
    "prompt": "ask the person, even if they agreed before",
    "csrfmiddlewaretoken": "proves that the form came from the server's own page",
    "next": "where the login page goes on to",
    "username": "the person types it; the app never sees it",
    "password": "the same; only the server sees it",
    "decision": "the button that was pressed",
    "code": "good once, soon, and for this app alone",
    "iss": "which server answered, so that answers cannot be mixed up",
    "grant_type": "what is presented in exchange for tokens",
    "code_verifier": "PKCE: the secret; its SHA-256 must be the challenge",
    "access_token": "what the API is shown",
    "token_type": "Bearer: whoever holds it may use it",
    "expires_in": "seconds that the access token lives",
    "refresh_token_expires_in": "seconds that the refresh token lives, unless it is used",
    "authorization_expires_in": "seconds until the person signs in again",
    "refresh_token": "gets new tokens when those have expired",
    "token": "the token in question",
    "token_type_hint": "what kind of token it is",
    "active": "is the token good?",
    "sub": "the person it acts for",
    "exp": "when it ends, in seconds since 1970",
    "issuer": "the server's own name for itself",
    "authorization_endpoint": "where people are sent",
    "token_endpoint": "where codes become tokens",
    "revocation_endpoint": "where tokens are given back",
    "introspection_endpoint": "where an API asks about a token",
    "scopes_supported": "what can be asked for",
    "grant_types_supported": "what can be exchanged for tokens",
    "prompt_values_supported": "what the person can be shown on request",
    "token_endpoint_auth_methods_supported": "how an app proves who it is",
    "code_challenge_methods_supported": "PKCE: S256 is SHA-256",
    "error": "what was wrong, for programs",
    "error_description": "the same, for their developers",
    "Authorization": "who calls",
    "WWW-Authenticate": "what is wanted of the caller",
    "Cache-Control": "no copy may be kept",
}

ADVICE = {
    "invalid_client": "Check the client id, and the client secret if it has one: it is not the one that is stored.",
    "unauthorized_client": "Allow this grant type in the client's policy.",
    "unsupported_grant_type": "This server does not offer the grant at all; see grant_types_supported.",
    "invalid_scope": "Name other scopes with --scope, or allow these in the client's policy.",
    "invalid_grant": "The code or token has been used, has expired, was revoked, or belongs to another client.",
    "access_denied": "The person, or a rule of the server, said no.",
    "invalid_token": "The access token is unknown, expired or revoked.",
    "insufficient_scope": "Ask for the scope that the challenge names, with --scope.",
    "temporarily_unavailable": "Too many attempts; wait as long as Retry-After says.",
    "invalid_target": "No such resource is registered at the server.",
}
# Parts of what pages say, and what to do about it.
PAGE_ADVICE = (
    (
        "redirect_uri is not registered",
        "Register it at the client, letter for letter, or name another: --redirect-uri.",
    ),
    ("redirect_uri is missing", "The client has no redirect URI, or several: say --redirect-uri."),
    ("redirect_uri must be https", "Only loopback addresses may do without TLS."),
    ("application is not known", "The client id is unknown here, or the client is suspended: check --client-id."),
    ("CSRF", "The cookie with the CSRF token did not come back: is CSRF_COOKIE_SECURE on while the URL is http?"),
    ("DisallowedHost", "Add the host of --url to ALLOWED_HOSTS."),
)
MAX_TEXT = 400


def refusal(exchange: Exchange) -> str:
    """Return what the server refused and why, in its own words, and advice."""
    response = exchange.response
    members = response.members()
    if isinstance(members.get("error"), str):
        return describe(members)
    challenge = response.headers.get("WWW-Authenticate")
    if challenge:
        return f"{response.status}, and the challenge: {challenge}"
    said = page_text(exchange) if response.is_html else short(response.body)
    advice = next((advice for part, advice in PAGE_ADVICE if part in said), "")
    if not advice and response.status >= 500:
        advice = "The server failed; its own log says where."
    return " ".join(part for part in (f"{response.status}: {said or 'an empty body'}", advice) if part)


def describe(parameters: dict[str, Any]) -> str:
    """Return an OAuth error (RFC 6749 §5.2) in words."""
    error = short(str(parameters.get("error", "")))
    description = short(str(parameters.get("error_description", ""))).rstrip(".")
    parts = (f"{error} ({description})" if description else error, ADVICE.get(error, ""))
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def not_revoked(living: Sequence[str]) -> str:
    """Return a sentence about tokens that the server did not revoke."""
    return f"Not revoked, and perhaps still good: {', '.join(living)}."


def page_text(exchange: Exchange) -> str:
    """Return the text of a page, shortened."""
    page = read_page(exchange.response.body)
    return short(" ".join(page.lines) or page.title)


def short(text: str) -> str:
    """Return ``text`` in one line, shortened to ``MAX_TEXT`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_TEXT else flat[:MAX_TEXT] + "…"
