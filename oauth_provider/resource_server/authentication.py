"""Authentication by access token (RFC 6750 §2.1), read from the Authorization header only.

RFC 9700 §4.3.2: a token in a URL ends up in logs and histories. So a call with ``?access_token=`` is refused with 400,
even beside another scheme or a session; otherwise the client's developer would think that it may be sent. It is never
used as a credential. A body parameter (RFC 6750 §2.2) is neither read nor refused.
"""

import logging
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django.db import Error
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from oauth_provider.protocol.bearer import credentials
from oauth_provider.protocol.errors import InvalidRequest, InvalidToken, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.audience import called_url, is_usable_at
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.database_outage import is_outage, unavailable
from oauth_provider.resource_server.denylist.subscription import check_denylist
from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.proofs.bound_token import check_key, schemes
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.resource_server.users.client_user import ClientUser
from oauth_provider.resource_server.users.masked_user import mask_user

logger = logging.getLogger("oauth_provider.resource_server")

Rule = Callable[[AccessToken, Presented], None]

# No client does better by itself: somebody set it up so. What expired, was revoked or made up is no news.
MISTAKES = frozenset(
    {
        Reason.TOKEN_FOR_OTHER_RESOURCE,
        Reason.TOKEN_FOR_OTHER_SERVER,
        Reason.TOKEN_OF_OTHER_ISSUER,
        Reason.TOKEN_OF_OTHER_KIND,
        Reason.TOKEN_IN_URL_OF_API,
        Reason.TOKEN_SENT_TWICE,
        Reason.TOKEN_WITHOUT_BEARER,
    }
)
# Some of it stands in the token, which may be anybody's.
MAX_LOGGED = 300


def authenticate(request: HttpRequest, rules: Iterable[Rule] | None = None) -> AccessToken | None:
    """Return the verified token of ``request``, or None if it has none.

    The token's ``user`` has no more permissions than its scopes carry. ``rules`` check where the token may be used
    (default: ``RULES``). Raises ``InvalidRequest`` and ``InvalidToken``, and ``ServiceUnavailable`` where a
    verifier's database does not answer.
    """
    try:
        presented = presented_token(request)
        if presented is None:
            return None
        token = conf.verifier(presented.token)
        for rule in rules or RULES:
            rule(token, presented)
    except OAuthError as error:
        level = logging.WARNING if error.reason in MISTAKES else logging.INFO
        logger.log(level, "Refused with %s: %s", error.error, (error.detail or error.description)[:MAX_LOGGED])
        raise
    except Error as error:
        if not is_outage(error):
            raise
        raise unavailable(error) from error
    user = mask_user(token.user, token.scopes)
    if token.authorization_details:
        # What is remembered for the next call must not change with what a view does to its own.
        token = replace(token, authorization_details=deepcopy(token.authorization_details))
    return token if user is token.user else replace(token, user=user)


def user_of(token: AccessToken) -> Any:
    """Return the caller: the token's user, or a ``ClientUser`` where a client acts for itself."""
    return ClientUser(token.client_id) if token.user is None else token.user


def presented_token(request: HttpRequest) -> Presented | None:
    """Return the token in the headers of ``request``, unverified, or None.

    Raise ``InvalidRequest`` and ``InvalidToken``.
    """
    # ``request.headers`` would first be made of all that there are.
    found = credentials(request.META.get("HTTP_AUTHORIZATION", ""), schemes())
    # Nor is the query parsed where there is none.
    if request.META.get("QUERY_STRING") and "access_token" in request.GET:
        if found is not None:
            raise InvalidRequest(Reason.TOKEN_SENT_TWICE)
        raise InvalidRequest(Reason.TOKEN_IN_URL_OF_API)
    return None if found is None else Presented(request, *found)


@sensitive_variables()
def is_left_to_next(request: HttpRequest) -> bool:
    """Must the token of ``request`` be left to the next authentication class? Raise ``OAuthError`` for a bad header."""
    if conf.unknown_bearer_tokens != "leave":
        return False
    presented = presented_token(request)
    is_foreign = getattr(conf.verifier, "is_foreign", None)
    return presented is not None and is_foreign is not None and bool(is_foreign(presented.token))


def check_expiry(token: AccessToken, presented: Presented) -> None:
    """Raise ``InvalidToken`` for an expired token (RFC 6750 §3.1).

    Verifiers check this too, but one with a cache may have checked too early.
    """
    if token.is_expired():
        raise InvalidToken(Reason.TOKEN_EXPIRED)


def check_audience(token: AccessToken, presented: Presented) -> None:
    """Raise ``InvalidToken`` for a token that was issued for another API (RFC 8707 §2, RFC 9068 §4)."""
    if not token.resources:
        return
    here = called_url(presented.request)
    if not is_usable_at(token.resources, token.issuer, here):
        raise InvalidToken(
            Reason.TOKEN_FOR_OTHER_RESOURCE,
            detail=f"token is for {', '.join(token.resources)!r}, this server is {here.partition('?')[0]!r}",
        )


# Wherever a token is used; where that may be is another rule.
TOKEN_RULES = (check_expiry, check_denylist, check_key)
RULES = (*TOKEN_RULES, check_audience)
