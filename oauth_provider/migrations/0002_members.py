"""Members of clients: the user in ``Application.user``, which cascades, becomes a member; reversible.

The reverse also makes safe what DOT alone would accept: an empty secret, with which it lets in any caller that sends
none; an access token that is bound to a key, which it would accept from anyone; a suspended client, which it would
serve.
"""

from typing import Any

from django.db import migrations
from django.utils import timezone

from oauth_provider.dot.names import ACCESS_TOKEN, APPLICATION, REFRESH_TOKEN
from oauth_provider.dot.secret import unusable_secret

BATCH_SIZE = 1000


def users_to_members(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    applications = apps.get_model(APPLICATION)._base_manager.using(using)
    members = apps.get_model("oauth_provider", "ClientMember")._base_manager.using(using)
    member = members.model
    while batch := list(applications.exclude(user=None).order_by("pk").values_list("pk", "user_id")[:BATCH_SIZE]):
        members.bulk_create(
            [member(application_id=pk, user_id=user_id, role="owner") for pk, user_id in batch],
            ignore_conflicts=True,
        )
        applications.filter(pk__in=[pk for pk, _user_id in batch]).update(user=None)


def members_to_users(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    applications = apps.get_model(APPLICATION)._base_manager.using(using)
    owners = apps.get_model("oauth_provider", "ClientMember")._base_manager.using(using).filter(role="owner")
    for application_id, user_id in owners.order_by("pk").values_list("application_id", "user_id").iterator():
        applications.filter(pk=application_id, user=None).update(user_id=user_id)


def leave_nothing_open(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    applications = apps.get_model(APPLICATION)._base_manager.using(using)
    applications.filter(client_secret="").update(client_secret=unusable_secret())
    access_tokens = apps.get_model(ACCESS_TOKEN)._base_manager.using(using)
    now = timezone.now()
    suspended = list(applications.filter(oauth_policy__status="suspended").values_list("pk", flat=True))
    applications.filter(pk__in=suspended).update(client_secret=unusable_secret())
    access_tokens.filter(application__in=suspended, expires__gt=now).update(expires=now)
    refresh_tokens = apps.get_model(REFRESH_TOKEN)._base_manager.using(using)
    refresh_tokens.filter(application__in=suspended, revoked=None).update(revoked=now)
    access_tokens.filter(oauth_binding__cnf__isnull=False, expires__gt=now).update(expires=now)


class Migration(migrations.Migration):
    dependencies = [("oauth_provider", "0001_initial")]

    operations = [
        migrations.RunPython(users_to_members, members_to_users),
        migrations.RunPython(migrations.RunPython.noop, leave_nothing_open),
    ]
