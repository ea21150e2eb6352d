"""Optional scopes of clients, and the words on the page that a person agreed to."""

from typing import ClassVar

from django.db import migrations, models

import oauth_provider.models.validation


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0023_scope_entries")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="clientpolicy",
            name="optional_scope",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Scopes that people may leave out and allow the rest, "
                "beside those that may be left out anyway.",
                validators=[oauth_provider.models.validation.check_scopes],
                verbose_name="optional scopes",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="shown_as",
            field=models.JSONField(default=None, editable=False, null=True, verbose_name="words on the page"),
        ),
    ]
