"""Refresh tokens that DOT issued: each is honoured once, and becomes an authorization of ours (RFC 6749 §6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import router
from django.db.models import F
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import dot_setting
from oauth_provider.dot.names import Row, refresh_token_model
from oauth_provider.models.authorization import Authorization, authorization_now
from oauth_provider.models.rotation import Retry
from oauth_provider.models.token import TokenBinding
from oauth_provider.models.transaction import locked, run
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidGrant, OAuthError

T = TypeVar("T")


@sensitive_variables()
def adopt(
    presented: str,
    *,
    rules: Callable[[Authorization], None],
    issue: Callable[[Authorization, Retry | None], T],
) -> T:
    """Answer a refresh token of DOT's with what ``issue`` returns, as ``Authorization.objects.rotate`` does.

    DOT's row is locked, marked revoked, and its plain text emptied: with it, whoever reads the database
    could open the answer that is sealed under it. Raises ``InvalidGrant``.
    """
    using = router.db_for_write(Authorization)
    presented_digest = digest(presented)

    def work() -> T | OAuthError:
        rows = refresh_token_model()._base_manager.using(using).select_related("access_token", "user")
        # Several rows may share a checksum: a live one before those that are revoked.
        same = rows.filter(token_checksum=presented_digest).order_by(F("revoked").desc(nulls_first=True), "-pk")
        row = locked(same, touch="revoked")
        # DOT's ``cleartokens`` deletes rows that are revoked; what was adopted is still known to us.
        if row is None or row.revoked is not None:
            return _seen_before(presented_digest, using, rules, issue)
        authorization = _authorization_of(row, presented_digest)
        rules(authorization)
        issued = issue(authorization, None)
        type(row)._base_manager.using(using).filter(pk=row.pk).update(revoked=authorization_now(), token="")
        # The access token that DOT gave out beside it ends with the authorization, too.
        TokenBinding.objects.using(using).get_or_create(
            access_token=row.access_token, defaults={"authorization": authorization}
        )
        return issued

    return run(work, using=using)


def is_live(row: Row) -> bool:
    """Would DOT itself still honour this refresh token?"""
    if row.revoked is not None or row.access_token is None:
        return False
    lifetime = dot_setting("REFRESH_TOKEN_EXPIRE_SECONDS")
    if not lifetime:
        return True
    idle = lifetime if isinstance(lifetime, timedelta) else timedelta(seconds=lifetime)
    return bool(row.access_token.expires + idle > authorization_now())


def _seen_before(
    presented_digest: str,
    using: str,
    rules: Callable[[Authorization], None],
    issue: Callable[[Authorization, Retry | None], T],
) -> T | OAuthError:
    adopted = Authorization.objects.using(using).select_related("user").filter(adopted_digest=presented_digest)
    authorization = locked(adopted, touch="revoked_at")
    if authorization is None:
        raise InvalidGrant("The refresh token is unknown.", detail="or DOT's, and revoked")
    rules(authorization)
    superseded = authorization.superseded(presented_digest)
    return issue(authorization, superseded) if isinstance(superseded, Retry) else superseded


def _authorization_of(row: Row, presented_digest: str) -> Authorization:
    if not is_live(row):
        raise InvalidGrant("The refresh token has expired.")
    authorization = Authorization(
        application_id=row.application_id,
        user=row.user,
        grant_type="refresh_token",
        scope=row.access_token.scope,
        resources=list(row.resource or ()),
        adopted_digest=presented_digest,
        refresh_token_digest=presented_digest,
        redeemed_at=row.created,
        # Being adopted is a use: DOT knew of no idle lifetime but its own.
        rotated_at=authorization_now(),
        created_at=row.created,
    )
    authorization.extend(authorization_now())
    return authorization
