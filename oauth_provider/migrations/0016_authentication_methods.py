"""Authentication methods (RFC 7591 §2) without choices in the column: a table that projects add to lists them."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0015_indexes")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="clientpolicy",
            name="token_endpoint_auth_method",
            field=models.CharField(
                blank=True,
                default="",
                help_text="How it proves itself at the token endpoint. None: any way that fits its type.",
                max_length=32,
                verbose_name="authentication method",
            ),
        ),
    ]
