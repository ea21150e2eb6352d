"""Withdrawing consent (RFC 7009 §1): what was agreed is forgotten, and every sign-in that stood on it ends."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import router

from oauth_provider.dot.names import Row
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.emit import emit
from oauth_provider.events.event import ConsentWithdrawn
from oauth_provider.models import AuditEvent, Authorization, Consent
from oauth_provider.sql.transaction import hold_referred, locked_rows, run
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.revoke import revoke_tokens_of_dot


def withdraw_consent(
    *,
    user: Any,
    application: Row,
    reason: Authorization.Reason = Authorization.Reason.USER,
    by: Actor = NOBODY,
) -> int:
    """Take back all that ``user`` agreed to for ``application``, in every context; how many sign-ins of ours ended.

    Joins a transaction.
    ``reason`` says who did: the user, or an operator for them.
    """
    using = router.db_for_write(Consent)

    def work() -> int:
        # The same order as for giving (consent, then authorization), so that the two cannot deadlock.
        given = Consent.objects.using(using).filter(user=user, application=application)
        consents = locked_rows(given, touch="updated_at")
        if not consents:
            # The first one may be on its way: it refers to the person, and so waits until this is done.
            person = get_user_model()._base_manager.using(using).filter(pk=user.pk)
            consents = locked_rows(given, touch="updated_at") if hold_referred(person) else []
        for consent in consents:
            consent.delete(using=using)
        revoke_tokens_of_dot(by, user=user, application=application)
        standing = Authorization.objects.using(using).filter(user=user, application=application)
        ended = revoke_authorizations(standing, reason, by)
        event = ConsentWithdrawn(application, user)
        if consents or ended:
            AuditEvent.objects.record([event], using=using, by=by)
        else:
            emit(event, using=using)  # nothing was there to be found again
        return ended

    return run(work, using=using, durable=False)
