"""Tables of clients that registered themselves, and of the tokens with which they may."""

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.core.validators import MinValueValidator
from django.db import migrations, models

from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.validation import check_names

OF_OPERATORS = "Scopes that its clients may ask for. None given (null): all that this way of registering gives."


def moment(name: str, **how: Any) -> Any:
    return models.DateTimeField(editable=False, null=True, verbose_name=name, **how)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0028_registration_policy")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="InitialAccessToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("hint", models.CharField(editable=False, max_length=8, verbose_name="ends in")),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="For whom, or for what, it is.", max_length=64, verbose_name="label"
                    ),
                ),
                (
                    "scopes",
                    models.JSONField(
                        blank=True,
                        help_text=OF_OPERATORS,
                        null=True,
                        validators=[check_names],
                        verbose_name="scopes",
                    ),
                ),
                (
                    "max_uses",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many clients may be registered with it. None given: any number.",
                        null=True,
                        validators=[MinValueValidator(1)],
                        verbose_name="clients",
                    ),
                ),
                ("used", models.PositiveIntegerField(default=0, editable=False, verbose_name="registered")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("last_used_at", moment("last used")),
            ],
            options={
                "verbose_name": "initial access token",
                "verbose_name_plural": "initial access tokens",
                "indexes": [models.Index(fields=["expires_at"], name="oauth_provider_initial_ends")],
                "constraints": [models.UniqueConstraint(fields=["digest"], name="oauth_provider_one_initial_token")],
            },
        ),
        migrations.CreateModel(
            name="DynamicRegistration",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="oauth_registration",
                        serialize=False,
                        to=APPLICATION,
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("previous_digest", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("metadata", models.JSONField(default=dict, editable=False, verbose_name="metadata")),
                ("vouched", models.JSONField(default=dict, editable=False, verbose_name="software statement")),
                (
                    "scopes",
                    models.JSONField(editable=False, null=True, validators=[check_names], verbose_name="scopes"),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="registered"),
                ),
                ("idle_since", moment("idle since")),
                (
                    "initial_access_token",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="registrations",
                        to="oauth_provider.initialaccesstoken",
                        verbose_name="initial access token",
                    ),
                ),
            ],
            options={
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "indexes": [models.Index(fields=["idle_since"], name="oauth_provider_idle_clients")],
            },
        ),
    ]
