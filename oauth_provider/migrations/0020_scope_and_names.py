"""Scopes of the database; and names of models as people read them, which no table knows."""

from typing import ClassVar

from django.db import migrations, models

import oauth_provider.models.scope
import oauth_provider.models.validation


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0019_contexts_and_endings")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Scope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="As it stands in requests and tokens. It cannot be changed later.",
                        max_length=255,
                        validators=[oauth_provider.models.scope.check_scope_token],
                        verbose_name="scope",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="What people read when asked for consent. "
                        "Whoever agreed to other words is asked again.",
                        max_length=200,
                        validators=[oauth_provider.models.validation.check_shown_name],
                        verbose_name="words",
                    ),
                ),
                (
                    "risk",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reads", "reads"),
                            ("changes", "can change things"),
                            ("deletes", "can delete things"),
                            ("costs", "can cost money"),
                        ],
                        help_text="Shown on the consent page, but for reading. "
                        "Whoever agreed before it was marked is asked again.",
                        max_length=16,
                        verbose_name="risk",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
            ],
            options={"verbose_name": "scope", "verbose_name_plural": "scopes"},
        ),
        migrations.AddConstraint(
            model_name="scope",
            constraint=models.UniqueConstraint(fields=("name",), name="oauth_provider_one_scope"),
        ),
        migrations.AlterModelOptions(
            name="authorization", options={"verbose_name": "sign-in", "verbose_name_plural": "sign-ins"}
        ),
        migrations.AlterModelOptions(
            name="logoutdelivery",
            options={"verbose_name": "undelivered message", "verbose_name_plural": "undelivered messages"},
        ),
        migrations.AlterModelOptions(name="resource", options={"verbose_name": "API", "verbose_name_plural": "APIs"}),
    ]
