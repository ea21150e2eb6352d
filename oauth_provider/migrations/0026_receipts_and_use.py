"""Consent receipts; up to when a consent is known to be in use. Code from before adds rows without either."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

REASONS = (
    ("code_replay", "a code was replayed"),
    ("refresh_token_replay", "a refresh token was replayed"),
    ("client", "the client revoked it"),
    ("user", "the user withdrew consent"),
    ("operator", "an operator revoked it"),
    ("logout", "the session ended"),
    ("token_deleted", "its access token was deleted"),
    ("unused", "nobody used it for a long time"),
)


def moment(name: str, **how: Any) -> Any:
    return models.DateTimeField(editable=False, verbose_name=name, **how)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0025_scope_plans")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ConsentReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_at", moment("given", default=django.utils.timezone.now)),
                (
                    "consent",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="receipts",
                        to="oauth_provider.consent",
                    ),
                ),
                ("ended_at", moment("ended", null=True)),
                ("user", models.CharField(editable=False, max_length=255, verbose_name="user")),
                ("client_id", models.CharField(editable=False, max_length=255, verbose_name="client")),
                ("context", models.CharField(blank=True, editable=False, max_length=200, verbose_name="context")),
                ("language", models.CharField(blank=True, editable=False, max_length=35, verbose_name="language")),
                (
                    "version",
                    models.CharField(
                        editable=False, help_text="of this software", max_length=32, verbose_name="version"
                    ),
                ),
                (
                    "content",
                    models.JSONField(default=dict, editable=False, verbose_name="what was shown and agreed to"),
                ),
            ],
            options={"verbose_name": "consent receipt", "verbose_name_plural": "consent receipts"},
        ),
        migrations.AddIndex(
            model_name="consentreceipt",
            index=models.Index(fields=["user", "given_at"], name="oauth_provider_receipt_user"),
        ),
        migrations.AddIndex(
            model_name="consentreceipt",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["given_at"], name="oauth_provider_receipt_stands"
            ),
        ),
        migrations.AddIndex(
            model_name="consentreceipt",
            index=models.Index(
                condition=models.Q(("ended_at", None), _negated=True),
                fields=["ended_at"],
                name="oauth_provider_receipt_ended",
            ),
        ),
        migrations.AddField(model_name="consent", name="used_at", field=moment("last known use", null=True)),
        migrations.AddField(model_name="consent", name="end_announced_at", field=moment("end announced", null=True)),
        migrations.AddIndex(
            model_name="consent", index=models.Index(fields=["used_at"], name="oauth_provider_consent_used")
        ),
        migrations.AlterField(
            model_name="authorization",
            name="revoked_reason",
            field=models.CharField(blank=True, choices=REASONS, editable=False, max_length=32),
        ),
    ]
