"""The audit: rows of what somebody must find again, which hang on nothing."""

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0016_authentication_methods")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "occurred_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="when"),
                ),
                ("kind", models.CharField(editable=False, max_length=64, verbose_name="what")),
                ("reason", models.CharField(blank=True, editable=False, max_length=64, verbose_name="reason")),
                ("client_id", models.CharField(blank=True, editable=False, max_length=255, verbose_name="client")),
                ("user", models.CharField(blank=True, editable=False, max_length=255, verbose_name="user")),
                (
                    "authorization",
                    models.CharField(blank=True, editable=False, max_length=36, verbose_name="authorization"),
                ),
                ("actor", models.CharField(blank=True, editable=False, max_length=255, verbose_name="done by")),
                ("address", models.CharField(blank=True, editable=False, max_length=255, verbose_name="address")),
                ("facts", models.JSONField(default=dict, editable=False, verbose_name="facts")),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "indexes": [
                    models.Index(fields=["occurred_at"], name="oauth_provider_audit_when"),
                    models.Index(fields=["client_id", "occurred_at"], name="oauth_provider_audit_client"),
                    models.Index(fields=["user", "occurred_at"], name="oauth_provider_audit_user"),
                ],
            },
        ),
    ]
