"""Transfer of a client to another owner, by an operator."""

from typing import Any

from django.db import router

from oauth_provider.dot.names import Row
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.status import ClientTransferred
from oauth_provider.models import AuditEvent, ClientMember
from oauth_provider.sql.transaction import locked, run

OWNER, DEVELOPER = ClientMember.Role.OWNER, ClientMember.Role.DEVELOPER


def transfer(application: Row, user: Any, by: Actor = NOBODY, *, keeps_others: bool = True) -> bool:
    """Make ``user`` the one owner of a client; did that change anything, and is the client still there?

    Whoever owned it is a developer from now on, or no member any more where it does not ``keeps_others``.
    """
    using = router.db_for_write(ClientMember)

    def work() -> bool:
        if locked(type(application)._base_manager.using(using).filter(pk=application.pk), touch="name") is None:
            return False
        members = ClientMember.objects.using(using).filter(application=application)
        owners = set(members.filter(role=OWNER).values_list("user_id", flat=True))
        others = members.exclude(user=user)
        if owners == {user.pk} and (keeps_others or not others.exists()):
            return False
        if keeps_others:
            others.filter(role=OWNER).update(role=DEVELOPER)
        else:
            others.delete()
        ClientMember.objects.using(using).update_or_create(application=application, user=user, defaults={"role": OWNER})
        AuditEvent.objects.record([ClientTransferred(application, user)], using=using, by=by)
        return True

    return run(work, using=using, durable=False)
