"""Tables of the developer portal, and a role in teams for who only looks."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.publisher_proof import new_nonce

ROLES = [("owner", "owner"), ("developer", "developer"), ("viewer", "viewer")]


class Migration(migrations.Migration):
    """Two tables, and a choice."""

    dependencies: ClassVar = [
        ("oauth_provider", "0030_dynamic_registration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="clientmember",
            name="role",
            field=models.CharField(choices=ROLES, default="owner", max_length=16, verbose_name="role"),
        ),
        migrations.CreateModel(
            name="ClientInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=254, verbose_name="invited")),
                ("role", models.CharField(choices=ROLES, max_length=16, verbose_name="role")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
                ("expires_at", models.DateTimeField(db_index=True, verbose_name="expires")),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauth_invitations",
                        to=APPLICATION,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauth_invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "invitation", "verbose_name_plural": "invitations"},
        ),
        migrations.AddConstraint(
            model_name="clientinvitation",
            constraint=models.UniqueConstraint(fields=["application", "name"], name="oauth_provider_one_invitation"),
        ),
        migrations.CreateModel(
            name="PublisherProof",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="oauth_publisher_proof",
                        serialize=False,
                        to=APPLICATION,
                    ),
                ),
                ("nonce", models.CharField(default=new_nonce, editable=False, max_length=64, verbose_name="nonce")),
                ("host", models.CharField(blank=True, default="", editable=False, max_length=253, verbose_name="host")),
                ("failures", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="failures")),
                ("asked_at", models.DateTimeField(editable=False, null=True, verbose_name="asked")),
                (
                    "next_check_at",
                    models.DateTimeField(db_index=True, editable=False, null=True, verbose_name="next check"),
                ),
            ],
            options={"verbose_name": "proof of a publisher", "verbose_name_plural": "proofs of publishers"},
        ),
    ]
