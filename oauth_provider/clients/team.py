"""Teams of clients: who may manage one, how they come to it, and how they leave (RFC 6749 §2).

Each verb locks the client first, so that two of them at once cannot leave it without an owner.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import router
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import Row, application_model
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.event import TeamChanged
from oauth_provider.models import AuditEvent, ClientInvitation, ClientMember
from oauth_provider.models.client_invitation import LIFETIME, MAX_NAME
from oauth_provider.models.client_registration import PORTAL
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.transaction import locked, run

Role = ClientMember.Role
MAX_MEMBERS, MAX_INVITATIONS = 100, 20
INVITED, JOINED, CHANGED, LEFT, REMOVED = "invited", "joined", "role_changed", "left", "removed"


class TeamRefused(Exception):
    """Nothing was done. ``text`` says why, for whoever asked."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))
        self.text = text


NOT_THERE = _("That is not there any more.")
LAST_OWNER = _("An app needs an owner: make somebody else one first, or delete the app.")


def invite(application: Row, name: str, role: str, *, by: Actor) -> None:
    """Invite whoever signs in as ``name``, or is alone in having that e-mail address. Nobody learns if there is one.

    Raises ``TeamRefused``.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable() or role not in Role.values:
        raise TeamRefused(_("Give a user name or an e-mail address, and a role."))
    user = _called(name)

    def work() -> None:
        now = database_now(_alias())
        standing = ClientInvitation.objects.filter(application=application, expires_at__gt=now).exclude(name=name)
        if user is not None and ClientMember.objects.filter(application=application, user=user).exists():
            raise TeamRefused(_("They are in the team already."))
        if standing.count() >= MAX_INVITATIONS:
            raise TeamRefused(_("Too many invitations wait for an answer. Take one back first."))
        ClientInvitation.objects.update_or_create(
            application=application, name=name, defaults={"user": user, "role": role, "expires_at": now + LIFETIME}
        )
        if user is not None:
            _record(TeamChanged(application, user, INVITED, role), by)

    _on(application, work)


def accept(invitation_id: int, user: Any, *, by: Actor) -> Row:
    """Make ``user`` a member, and return the client. Raises ``TeamRefused``."""
    application = _invitation(invitation_id, user).application

    def work() -> None:
        invitation = _invitation(invitation_id, user)
        if ClientMember.objects.filter(application=application).count() >= MAX_MEMBERS:
            raise TeamRefused(_("This team has as many members as a team may have."))
        ClientMember.objects.get_or_create(application=application, user=user, defaults={"role": invitation.role})
        invitation.delete()
        _record(TeamChanged(application, user, JOINED, invitation.role), by)

    _on(application, work)
    return application


def decline(invitation_id: int, user: Any) -> None:
    """Forget the invitation. Raises ``TeamRefused``."""
    _invitation(invitation_id, user).delete()


def take_back_invitation(application: Row, invitation_id: int) -> None:
    """Forget an invitation of ``application``. Raises ``TeamRefused``."""
    if not ClientInvitation.objects.filter(application=application, pk=invitation_id).delete()[0]:
        raise TeamRefused(NOT_THERE)


def change_role(application: Row, member_id: int, role: str, *, by: Actor) -> None:
    """Give a member another role. Raises ``TeamRefused``."""
    if role not in Role.values:
        raise TeamRefused(NOT_THERE)

    def work() -> None:
        member = _member(application, member_id)
        if member.role == Role.OWNER and role != Role.OWNER:
            _check_other_owner(member)
        if member.role != role:
            ClientMember.objects.filter(pk=member.pk).update(role=role)
            _record(TeamChanged(application, member.user, CHANGED, role), by)

    _on(application, work)


def transfer(application: Row, member_id: int, owner: Any, *, by: Actor) -> None:
    """Make a member the owner, and ``owner`` a developer. Raises ``TeamRefused``."""

    def work() -> None:
        member = _member(application, member_id)
        if member.user_id == owner.pk:
            raise TeamRefused(NOT_THERE)
        ClientMember.objects.filter(pk=member.pk).update(role=Role.OWNER)
        ClientMember.objects.filter(application=application, user=owner).update(role=Role.DEVELOPER)
        _record(TeamChanged(application, member.user, CHANGED, Role.OWNER), by)
        _record(TeamChanged(application, owner, CHANGED, Role.DEVELOPER), by)

    _on(application, work)


def give_to(application: Row, user: Any, *, by: Actor, keeps_others: bool = True) -> bool:
    """Make ``user`` the one owner, as an operator may; return whether anything was changed. Raises ``TeamRefused``.

    Other owners are developers from now on; where it does not ``keeps_others``, nobody else stays in the team.
    """

    def work() -> bool:
        members = {row.user_id: row for row in ClientMember.objects.filter(application=application).order_by("pk")}
        own, others = members.pop(user.pk, None), [*members.values()]
        leaving = [] if keeps_others else others
        lowered = [row for row in others if row.role == Role.OWNER] if keeps_others else []
        is_owner = own is not None and own.role == Role.OWNER
        if is_owner and not (leaving or lowered):
            return False
        for row in leaving:
            _record(TeamChanged(application, row.user, REMOVED, row.role), by)
            row.delete()
        for row in lowered:
            ClientMember.objects.filter(pk=row.pk).update(role=Role.DEVELOPER)
            _record(TeamChanged(application, row.user, CHANGED, Role.DEVELOPER), by)
        if not is_owner:
            ClientMember.objects.update_or_create(application=application, user=user, defaults={"role": Role.OWNER})
            _record(TeamChanged(application, user, JOINED if own is None else CHANGED, Role.OWNER), by)
        return True

    return bool(_on(application, work))


def remove(application: Row, member_id: int, *, by: Actor, step: str = REMOVED) -> None:
    """End a membership, but for the last owner's. Raises ``TeamRefused``."""

    def work() -> None:
        member = _member(application, member_id)
        if member.role == Role.OWNER:
            _check_other_owner(member)
        member.delete()
        _record(TeamChanged(application, member.user, step, member.role), by)

    _on(application, work)


def give_to_developers() -> int:
    """Make the oldest developer of each client of the portal without an owner its owner; return how many had none.

    The account of an owner was deleted; clients that operators made need have none. A viewer is never made one: an
    operator has to.
    """
    members = ClientMember.objects.filter(application=OuterRef("application"))
    orphans = ClientMember.objects.filter(role=Role.DEVELOPER, user__is_active=True)
    orphans = orphans.filter(application__oauth_policy__door=PORTAL)
    orphans = orphans.exclude(Exists(members.filter(role=Role.OWNER))).select_related("application", "user")
    given: set[Any] = set()
    for member in orphans.order_by("created_at", "pk"):
        if member.application_id not in given and _give(member):
            given.add(member.application_id)
    return len(given)


def _give(member: ClientMember) -> bool:
    def work() -> bool:
        mine = ClientMember.objects.filter(application=member.application_id)
        if mine.filter(role=Role.OWNER).exists() or not mine.filter(pk=member.pk).update(role=Role.OWNER):
            return False
        _record(TeamChanged(member.application, member.user, CHANGED, Role.OWNER), NOBODY)
        return True

    try:
        return bool(_on(member.application, work))
    except TeamRefused:  # the client was deleted meanwhile
        return False


def _on(application: Row, work: Callable[[], Any]) -> Any:
    """Run ``work`` in a transaction that holds the client."""

    def alone() -> Any:
        if locked(application_model()._base_manager.using(_alias()).filter(pk=application.pk), touch="name") is None:
            raise TeamRefused(NOT_THERE)
        return work()

    return run(alone, using=_alias(), durable=False)


def _member(application: Row, member_id: int) -> ClientMember:
    found = ClientMember.objects.filter(application=application, pk=member_id).select_related("user").first()
    if found is None:
        raise TeamRefused(NOT_THERE)
    return found


def _check_other_owner(member: ClientMember) -> None:
    others = ClientMember.objects.filter(application=member.application_id, role=Role.OWNER).exclude(pk=member.pk)
    if not others.exists():
        raise TeamRefused(LAST_OWNER)


def _invitation(invitation_id: int, user: Any) -> ClientInvitation:
    mine = ClientInvitation.objects.filter(pk=invitation_id, user=user, expires_at__gt=database_now(_alias()))
    found: ClientInvitation | None = mine.select_related("application").first()
    if found is None:
        raise TeamRefused(NOT_THERE)
    return found


def _called(name: str) -> Any:
    """Return the active user of this name or address, or None."""
    users = get_user_model()._default_manager
    column = get_user_model().USERNAME_FIELD
    found = users.filter(**{column: name}).first() if _is_text(column) else None
    if found is None and "@" in name and _is_text(email := get_user_model().get_email_field_name()):
        having = list(users.filter(**{f"{email}__iexact": name})[:2])
        found = having[0] if len(having) == 1 else None
    return found if found is not None and getattr(found, "is_active", True) else None


def _is_text(column: str) -> bool:
    """Is there such a column, and can any text be looked up in it?"""
    fields = {field.name: field for field in get_user_model()._meta.concrete_fields}
    return column in fields and fields[column].get_internal_type() in ("CharField", "EmailField", "TextField")


def _record(event: TeamChanged, by: Actor) -> None:
    AuditEvent.objects.record([event], using=_alias(), by=by)


def _alias() -> str:
    return router.db_for_write(ClientMember)
