"""Taking a permission back (RFC 6749 §1.5): the consent, every sign-in that has it and their tokens lose it at once.

The consent first, then the sign-ins, then their access tokens, as for withdrawing all of it: a refresh that is on its
way either wrote its token before, which then loses the scope, or finds its sign-in changed and is decided again. JWTs
that are out are denied where there is a denylist, and have to be renewed; else they say it until they expire. What DOT
gave out itself comes before the sign-ins, since it may be becoming one.
"""

from collections.abc import Collection
from typing import Any

from django.db import router
from django.db.models import QuerySet

from oauth_provider.dot.names import Row, access_token_model, refresh_token_model
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.event import PermissionsTakenBack
from oauth_provider.models import AuditEvent, Authorization, Consent
from oauth_provider.protocol.scope import format_scope
from oauth_provider.registry.scope import registry
from oauth_provider.sql.transaction import locked_rows, run
from oauth_provider.tokens.denylist import deny_narrowed
from oauth_provider.tokens.ending import end
from oauth_provider.tokens.revoke import revoke_access_tokens, revoke_refresh_tokens
from oauth_provider.tokens.verification_cache import AUTHORIZATION, TOKEN, verification_cache


def take_back(
    scopes: Collection[str], *, user: Any, application: Row, context: str = "", by: Actor = NOBODY
) -> Collection[str]:
    """Take ``scopes`` back that ``user`` gave to ``application`` in ``context``; return those that it had.

    What implies one of them is taken back with it. A sign-in that is left with nothing ends. Joins a transaction.
    """
    using = router.db_for_write(Consent)
    scopes = registry().with_implying(scopes)
    of_these = {"user": user, "application": application, "context": context}

    def work() -> Collection[str]:
        consents = locked_rows(Consent.objects.using(using).filter(**of_these), touch="updated_at")
        lost = {scope for consent in consents for scope in consent.agreed.scopes if scope in scopes}
        for consent in consents:
            _narrow_consent(consent, scopes, using)
        if not context:
            lost |= _narrow_tokens_of_dot(scopes, using=using, by=by, user=user, application=application)
        live = Authorization.objects.using(using).filter(revoked_at=None, **of_these)
        sign_ins = locked_rows(live.select_related("application"), touch="scope")
        lost |= {scope for row in sign_ins for scope in row.scope.split() if scope in scopes}
        _narrow_sign_ins(sign_ins, scopes, using=using, by=by)
        if lost:
            taken = PermissionsTakenBack(application, user, format_scope(sorted(lost)), context=context)
            AuditEvent.objects.record([taken], using=using, by=by)
        return lost

    return run(work, using=using, durable=False)


def _narrow_consent(consent: Consent, scopes: Collection[str], using: str) -> None:
    agreed = consent.agreed.without(scopes)
    if agreed.is_empty:
        consent.delete(using=using)
    elif agreed != consent.agreed:
        Consent.objects.using(using).filter(pk=consent.pk).update(
            **Consent.columns(agreed, consent.until, consent.seen.extended_by(consent.seen, agreed))
        )


def _narrow_sign_ins(sign_ins: Collection[Authorization], scopes: Collection[str], *, using: str, by: Actor) -> None:
    """Change the rows, which are locked, and then their tokens. A lost answer is not said again: it says more."""
    ending = []
    for row in sign_ins:
        scope = without(row.scope, scopes)
        if scope == row.scope:
            continue
        if not scope and not row.authorization_details:
            ending.append(row)
            continue
        Authorization.objects.using(using).filter(pk=row.pk).update(scope=scope, sealed_answer="")
        _narrow_tokens(row, scopes, using)
        deny_narrowed(row, using=using)
    if ending:
        end(ending, Authorization.Reason.USER, using=using, by=by)


def _narrow_tokens(row: Authorization, scopes: Collection[str], using: str) -> None:
    tokens: QuerySet[Any, Any] = access_token_model()._base_manager.using(using)
    tokens = tokens.filter(oauth_binding__authorization=row.pk)
    with verification_cache.changing([(AUTHORIZATION, row.pk)], using=using):
        for said in set(tokens.values_list("scope", flat=True)):
            if (scope := without(said, scopes)) != said:
                tokens.filter(scope=said).update(scope=scope)


def _narrow_tokens_of_dot(scopes: Collection[str], *, using: str, by: Actor, **whose: Any) -> set[str]:
    """Change the tokens that hang on no sign-in of ours, by which DOT's refresh tokens know their scope; return what
    they had. Those that are left with nothing end."""
    tokens = access_token_model()._base_manager.using(using).filter(oauth_binding=None, **whose)
    lost: set[str] = set()
    for said in set(tokens.values_list("scope", flat=True)):
        rows, scope = tokens.filter(scope=said), without(said, scopes)
        if scope == said:
            continue
        if scope:
            checksums = rows.values_list("token_checksum", flat=True)
            with verification_cache.changing([(TOKEN, checksum) for checksum in checksums], using=using):
                rows.update(scope=scope)
        else:
            revoke_refresh_tokens(refresh_token_model()._base_manager.filter(access_token__in=rows, revoked=None))
            revoke_access_tokens(rows, by)
        lost.update(one for one in said.split() if one in scopes)
    return lost


def without(scope: str, taken: Collection[str]) -> str:
    """Return ``scope`` without the tokens that are ``taken``."""
    return format_scope([one for one in scope.split() if one not in taken])
