"""A window of a client's own, in which a refresh may be repeated."""

from typing import ClassVar

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("oauth_provider", "0021_private_key_jwt"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="clientpolicy",
            name="refresh_token_retry_window",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="In seconds: for how long a refresh whose answer was lost gets the same answer. At most 600.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(600)],
                verbose_name="retry window",
            ),
        ),
    ]
