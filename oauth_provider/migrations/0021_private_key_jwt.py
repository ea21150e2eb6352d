"""The algorithm of a client's assertions, and an exception for older libraries."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("oauth_provider", "0020_scope_and_names"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="clientpolicy",
            name="takes_older_assertions",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Its client assertions may name an endpoint in place of the issuer, and be good for an hour.",
                verbose_name="takes older assertions",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="token_endpoint_auth_signing_alg",
            field=models.CharField(
                blank=True,
                choices=[("RS256", "RS256"), ("ES256", "ES256"), ("PS256", "PS256"), ("EdDSA", "EdDSA")],
                db_default="",
                default="",
                help_text="What the client signs with to authenticate itself. None: any that its keys fit.",
                max_length=16,
                verbose_name="client assertion algorithm",
            ),
        ),
    ]
