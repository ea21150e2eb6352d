"""Columns of how clients were registered, and two more statuses. Code from before adds policies without any of it."""

from typing import Any, ClassVar

from django.db import migrations, models

from oauth_provider.models.client_registration import check_rules
from oauth_provider.models.validation import check_scopes


def text(verbose_name: str, help_text: str = "", *, max_length: int = 0, **options: Any) -> Any:
    options |= {"blank": True, "db_default": "", "default": "", "verbose_name": verbose_name}
    options |= {"help_text": help_text} if help_text else {}
    return models.CharField(max_length=max_length, **options) if max_length else models.TextField(**options)


COLUMNS = {
    "kind": text("type of application", "What somebody builds. Empty: it is told by its grants.", max_length=16),
    "door": text("registered through", max_length=16),
    "requested_scope": text(
        "requested scopes",
        "Scopes that its developers ask for, and that wait for an operator.",
        validators=[check_scopes],
    ),
    "usable_by": text(
        "people who may use it",
        "“group:Name” or “permission:app.codename”, one to a line; any of them suffices. Empty: everybody. "
        "Whoever may not any more is refused when the token is refreshed.",
        validators=[check_rules],
    ),
    "status_note": text("note to its developers", max_length=500, editable=False),
    "suspended_from": text("status before it was suspended", max_length=16, editable=False),
}
STATUSES = [
    ("draft", "draft"),
    ("pending", "waiting for approval"),
    ("unapproved", "not yet approved"),
    ("approved", "approved"),
    ("suspended", "suspended"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0027_client_presentation")]

    operations: ClassVar = [
        *(migrations.AddField(model_name="clientpolicy", name=name, field=field) for name, field in COLUMNS.items()),
        migrations.AlterField(
            model_name="clientpolicy",
            name="status",
            field=models.CharField(choices=STATUSES, default="approved", max_length=16, verbose_name="status"),
        ),
    ]
