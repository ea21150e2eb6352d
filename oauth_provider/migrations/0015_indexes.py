"""Indexes: no column that a refresh changes is indexed, no index covers another, and none serves LIKE."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import oauth_provider.models.utc_day
from oauth_provider.dot.names import APPLICATION

# Inserts fill a page so far, in percent: a row doubles at its first refresh, and its next version finds room beside it.
FILLFACTOR = 50
LIKE_INDEXES = (
    ("Authorization", "code_digest"),
    ("Authorization", "family_digest"),
    ("Authorization", "adopted_digest"),
    ("PendingRequest", "handle_digest"),
    ("Resource", "identifier"),
    ("RevokedToken", "jti_digest"),
    ("SigningKey", "kid"),
)


def leave_room(apps: Any, schema_editor: Any) -> None:
    """Leave room in the pages of the table for updates. Only PostgreSQL can."""
    set_storage(apps, schema_editor, f"SET (fillfactor = {FILLFACTOR})")


def fill_up(apps: Any, schema_editor: Any) -> None:
    """Fill the pages again, as before this migration."""
    set_storage(apps, schema_editor, "RESET (fillfactor)")


def set_storage(apps: Any, schema_editor: Any, what: str) -> None:
    """Change how the table of authorizations is stored."""
    if schema_editor.connection.vendor == "postgresql":
        table = apps.get_model("oauth_provider", "Authorization")._meta.db_table
        schema_editor.execute(f"ALTER TABLE {schema_editor.quote_name(table)} {what}")


def drop_like_indexes(apps: Any, schema_editor: Any) -> None:
    """Drop the LIKE indexes that Django adds on PostgreSQL to unique text columns: nobody searches by a prefix."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for model_name, column in LIKE_INDEXES:
        table = apps.get_model("oauth_provider", model_name)._meta.db_table
        name = schema_editor._create_index_name(table, [column], suffix="_like")
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(name)}")


def create_like_indexes(apps: Any, schema_editor: Any) -> None:
    """Create the LIKE indexes again, as Django does."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for model_name, column in LIKE_INDEXES:
        model = apps.get_model("oauth_provider", model_name)
        schema_editor.execute(schema_editor._create_like_index_sql(model, model._meta.get_field(column)))


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("oauth_provider", "0014_pending_requests"),
    ]

    operations = [
        migrations.RunPython(leave_room, fill_up),
        migrations.RunPython(drop_like_indexes, create_like_indexes),
        migrations.CreateModel(
            name="SweepMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64)),
                ("until", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name",), name="oauth_provider_one_mark")],
            },
        ),
        migrations.AlterField("authorization", "sid", models.CharField(blank=True, max_length=64)),
        migrations.AlterField(
            "authorization",
            "rotated_at",
            models.DateTimeField(editable=False, null=True, verbose_name="last refreshed"),
        ),
        migrations.AlterField("authorization", "expires_at", models.DateTimeField(verbose_name="expires")),
        migrations.AlterField(
            "authorization", "revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked")
        ),
        migrations.AlterField(
            "authorization",
            "user",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="oauth_authorizations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "consent",
            "user",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="oauth_consents",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "clientmember",
            "application",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="oauth_members",
                to=APPLICATION,
            ),
        ),
        migrations.AlterField(
            "clientsecret",
            "application",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="oauth_secrets",
                to=APPLICATION,
            ),
        ),
        migrations.AddField("authorization", "rotated_on", oauth_provider.models.utc_day.utc_day("rotated_at")),
        migrations.AddField("authorization", "expires_on", oauth_provider.models.utc_day.utc_day("expires_at")),
        migrations.AddIndex("authorization", models.Index(fields=["sid"], name="oauth_provider_sid")),
        migrations.AddIndex("authorization", models.Index(fields=["rotated_on"], name="oauth_provider_rotated_on")),
        migrations.AddIndex("authorization", models.Index(fields=["expires_on"], name="oauth_provider_expires_on")),
        migrations.AddIndex(
            "authorization",
            models.Index(
                condition=models.Q(("redeemed_at", None)), fields=["code_expires_at"], name="oauth_provider_unredeemed"
            ),
        ),
        migrations.AddIndex(
            "authorization",
            models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["revoked_at"],
                name="oauth_provider_revoked",
            ),
        ),
        migrations.AddIndex(
            "logoutdelivery",
            models.Index(
                condition=models.Q(("ended_at__isnull", False)),
                fields=["ended_at"],
                name="oauth_provider_delivered",
            ),
        ),
    ]
