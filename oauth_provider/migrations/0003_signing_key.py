"""Table of the keys that sign ID tokens, encrypted."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("oauth_provider", "0002_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "alg",
                    models.CharField(
                        choices=[("RS256", "RS256"), ("ES256", "ES256"), ("PS256", "PS256"), ("EdDSA", "EdDSA")],
                        editable=False,
                        max_length=16,
                        verbose_name="algorithm",
                    ),
                ),
                ("generation", models.PositiveIntegerField(editable=False)),
                ("public_jwk", models.JSONField(editable=False)),
                ("sealed_private_jwk", models.TextField(blank=True, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="published"),
                ),
                ("signs_from", models.DateTimeField(editable=False, verbose_name="signs from")),
                ("retired_at", models.DateTimeField(editable=False, null=True, verbose_name="taken out of use")),
            ],
            options={
                "verbose_name": "signing key",
                "verbose_name_plural": "signing keys",
                "constraints": [
                    models.UniqueConstraint(fields=("alg", "generation"), name="oauth_provider_one_key_per_generation")
                ],
            },
        ),
    ]
