"""Notices to the team of a client whose status changed (RFC 7591 §5): rows of the outbox, written with the change.

Whoever did it knows. Who gets mails at all, and in which language, is looked up when they are sent.
"""

from oauth_provider.clients.registration.proposal import By
from oauth_provider.conf import provider_settings
from oauth_provider.conf.people import CLIENT_STATUS, NOTICE_PREFIX
from oauth_provider.dot.names import Row
from oauth_provider.models import ClientMember, LogoutDelivery


def tell_team(application: Row, by: By, *, before: str, status: str, note: str = "", using: str) -> None:
    """Put one notice for each member into the outbox, in the transaction of the caller."""
    if before == status or CLIENT_STATUS not in provider_settings.NOTICES:
        return
    members = ClientMember.objects.using(using).filter(application=application.pk)
    if by.user is not None:
        members = members.exclude(user=by.user.pk)
    rows = [
        LogoutDelivery(
            kind=NOTICE_PREFIX + CLIENT_STATUS,
            payload={"before": before, "status": status, "note": note},
            application_id=application.pk,
            subject=str(user_id),
        )
        for user_id in members.order_by("pk").values_list("user_id", flat=True)
    ]
    LogoutDelivery.objects.enqueue(rows, using=using)
