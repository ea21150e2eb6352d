"""Columns and a table of what people see of clients. Code from before adds policies without any of it."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

import oauth_provider.models.client_presentation as presentation
from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.validation import check_digest, check_shown_name


def text(max_length: int, check: Any, verbose_name: str, help_text: str) -> Any:
    return models.CharField(
        blank=True,
        db_default="",
        default="",
        help_text=help_text,
        max_length=max_length,
        validators=[check],
        verbose_name=verbose_name,
    )


COLUMNS = {
    "client_uri": text(
        1024, presentation.check_page, "home page", "Linked on the consent page, with its host beside it (https)."
    ),
    "policy_uri": text(
        1024, presentation.check_page, "privacy policy", "How it uses what it learns about people (https)."
    ),
    "tos_uri": text(
        1024, presentation.check_page, "terms of service", "What people agree to when they use it (https)."
    ),
    "logo": text(64, check_digest, "logo", "The digest of our own copy."),
    "accent_color": text(
        7,
        presentation.check_accent,
        "accent colour",
        "Buttons and links of its consent page, as in #1a56db. They must be readable on white.",
    ),
    "accent_color_dark": text(
        7,
        presentation.check_dark_accent,
        "accent colour in the dark",
        "The same where the device is set to dark. Left empty, it is the nearest that can be read there.",
    ),
    "publisher": text(
        200,
        check_shown_name,
        "verified publisher",
        "Who publishes it, where you have made sure of that. People read it beside “Verified”.",
    ),
    "verified_host": text(
        253,
        presentation.check_host,
        "verified host",
        "The publisher's own host name, as in photos.example.com. People read it first.",
    ),
}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0026_receipts_and_use")]

    operations: ClassVar = [
        *(migrations.AddField(model_name="clientpolicy", name=name, field=field) for name, field in COLUMNS.items()),
        migrations.CreateModel(
            name="ClientLogo",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="oauth_logo",
                        serialize=False,
                        to=APPLICATION,
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("image", models.BinaryField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "logo",
                "verbose_name_plural": "logos",
                "indexes": [models.Index(fields=["digest"], name="oauth_provider_logo_digest")],
            },
        ),
    ]
