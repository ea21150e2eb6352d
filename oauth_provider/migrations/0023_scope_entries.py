"""Columns of scopes: their place on the page, what they imply, and who may grant them."""

from typing import ClassVar

from django.db import migrations, models

import oauth_provider.models.scope
import oauth_provider.models.validation


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("oauth_provider", "0022_retry_window"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="scope",
            name="api",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The identifier of the API beside whose other scopes it is shown.",
                max_length=500,
                verbose_name="API",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="description",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What else people should know before they allow it. Whoever "
                "agreed to another one is asked again.",
                max_length=500,
                validators=[oauth_provider.models.validation.check_shown_name],
                verbose_name="description",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="grantable_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="“permission:app.codename” or “group:Name”; empty: "
                "everybody. Whoever may not any more loses it when the token is refreshed.",
                max_length=255,
                validators=[oauth_provider.models.scope.check_rule],
                verbose_name="who may grant it",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="group",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The heading below which it is shown, such as “Notes”.",
                max_length=100,
                validators=[oauth_provider.models.validation.check_shown_name],
                verbose_name="group",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="icon",
            field=models.CharField(
                blank=True,
                choices=oauth_provider.models.scope.icon_choices,
                db_default="",
                default="",
                help_text="The symbol that stands beside it.",
                max_length=32,
                verbose_name="icon",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="implies",
            field=models.JSONField(
                blank=True,
                default=None,
                help_text="The scopes that come with it: who may write may read.",
                null=True,
                validators=[oauth_provider.models.validation.check_names],
                verbose_name="implies",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="is_optional",
            field=models.BooleanField(
                blank=True,
                help_text="Can people refuse it, and allow the rest? Unknown: as the settings say, or else no.",
                null=True,
                verbose_name="can be left out",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="read_twin",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The scope that allows to read what this one allows to change. People may choose it instead.",
                max_length=255,
                verbose_name="read-only twin",
            ),
        ),
        migrations.AddField(
            model_name="scope",
            name="refusal",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What is shown in its place to people who may not grant it. Empty: it is not shown to them.",
                max_length=200,
                validators=[oauth_provider.models.validation.check_shown_name],
                verbose_name="words for who may not",
            ),
        ),
        migrations.AlterField(
            model_name="scope",
            name="risk",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reads", "reads"),
                    ("changes", "can change things"),
                    ("deletes", "can delete things"),
                    ("costs", "can cost money"),
                    ("everything", "can do everything that you can"),
                ],
                help_text="Shown on the consent page, but for reading. Whoever agreed "
                "before it was marked is asked again.",
                max_length=16,
                verbose_name="risk",
            ),
        ),
    ]
