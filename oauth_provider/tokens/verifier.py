"""Verifying access tokens where they were issued: one SELECT, and every reason there is to refuse one.

``sensitive_variables`` hides what all functions below hold as well, those below a generator excepted, so it stands
where a request comes in: at ``verify``, and at the endpoints.
"""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.dot.settings import oauth2_settings
from oauth_provider.models.client import TEST_MODE
from oauth_provider.protocol.access_token import JwtAccessToken
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.token_string import is_broken
from oauth_provider.registry.client_users import is_in_team
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.resource_server.verifiers.foreign_token import is_foreign_jwt, is_prefixed
from oauth_provider.sql.clock import database_now
from oauth_provider.tokens.access_token import read_access_token
from oauth_provider.tokens.authorization_details import are_still_theirs
from oauth_provider.tokens.found_token import FoundToken
from oauth_provider.tokens.grant_context import is_open_at_calls
from oauth_provider.tokens.jwt_lookup import find_jwt
from oauth_provider.tokens.subject import public_subject
from oauth_provider.tokens.token_lookup import find_token, recall_token

Find = Callable[[str], FoundToken | None]

# oauthlib's ``generate_token``, which is what DOT takes.
DOT_TOKEN = re.compile(r"[A-Za-z0-9]{30}")

logger = logging.getLogger("oauth_provider.tokens")


@sensitive_variables()
def verify(token: str) -> AccessToken:
    """Return what ``token`` says, if it is a live access token of this server. Raises ``InvalidToken``.

    This is what APIs ask, and may be remembered; endpoints ask ``find_good``.
    """
    return describe(find_good(token, recall_token))


@sensitive_variables()
def is_foreign(token: str) -> bool:
    """Can neither this server nor DOT have issued ``token``?

    Ours name us in ``iss`` or by a prefix, and DOT's have one shape unless the project makes them itself. What has a
    row is known here, whatever it looks like.
    """
    if is_prefixed(token) or DOT_TOKEN.fullmatch(token) or oauth2_settings.ACCESS_TOKEN_GENERATOR is not None:
        return False
    issuers = [provider_settings.ISSUER] if provider_settings.ISSUER else []
    if "." in token and not is_foreign_jwt(token, issuers, names_issuer=True):
        return False
    return find_token(digest(token)) is None


cast(Any, verify).is_foreign = is_foreign


def describe(found: FoundToken) -> AccessToken:
    """Return what a good token says, as APIs see it."""
    if not settings.USE_TZ:
        # What is stored is the project's own local time.
        moments: dict[str, Any] = {name: _aware(getattr(found, name)) for name in ("expires", "issued_at", "auth_time")}
        found = found._replace(**moments)
    return AccessToken(
        scope=found.scope,
        client_id=found.client_id or "",
        sub=None if found.user is None else public_subject(found.user),
        expires=found.expires,
        issued_at=found.issued_at,
        issuer=provider_settings.ISSUER,
        resources=found.audience,
        cnf=found.cnf,
        act=found.act,
        auth_time=found.auth_time,
        acr=found.acr or None,
        jti=found.jwt.jti if found.jwt else None,
        authorization_details=tuple(found.authorization_details or ()),
        context=found.context or None,
        authorization_id=str(found.public_id) if found.public_id else None,
        user=found.user,
        load_application=found.load_application,
    )


def read_own_jwt(token: str) -> JwtAccessToken | None:
    """Return what a JWT access token that this server signed says, expired or not; None for anything else."""
    return read_access_token(token, provider_settings.ISSUER)


def find_good(token: str, by_checksum: Find | None = None) -> FoundToken:
    """``token`` with everything that belongs to it, if nothing is said against it. Raises ``InvalidToken``.

    Tokens that DOT issued are as good as ours. One that names our prefix and fails its checksum is not
    looked for.
    """
    if is_broken(token):
        raise InvalidToken(Reason.TOKEN_MALFORMED)
    found = find(token, by_checksum)
    if found is None:
        raise InvalidToken(Reason.TOKEN_UNKNOWN)
    against = found.refusal(database_now(found.using))
    in_test_mode = found.policy_status in TEST_MODE  # few are, and no other call pays for it
    if not against and in_test_mode and not is_in_team(found.user, found.policy_status, found.application_id):
        against = "client in test mode, and the user none of its team"
    if not against and not is_open_at_calls(found.user, found.client_id or "", found.context):
        against = "context closed"
    if not against and not are_still_theirs(found.user, found.authorization_details, at_call=True):
        against = "authorization details no longer theirs"
    if against:
        raise InvalidToken(Reason.TOKEN_NOT_ALIVE, detail=against)
    return found


def find(token: str, by_checksum: Find | None = None) -> FoundToken | None:
    """``token`` with everything that belongs to it, good or not: by its row, or by what it says where it has none."""
    said = read_own_jwt(token) if "." in token else None
    if said is not None:
        return find_jwt(said)
    return (by_checksum or find_token)(digest(token))


def _aware(moment: datetime | None) -> datetime | None:
    return timezone.make_aware(moment) if moment is not None and moment.utcoffset() is None else moment
