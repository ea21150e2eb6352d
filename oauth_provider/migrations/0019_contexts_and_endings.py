"""Contexts, and ends that people choose. Code from before adds rows without either."""

from typing import Any, ClassVar

from django.db import migrations, models


def context(**how: Any) -> Any:
    return models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="context", **how)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0018_outbox")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="authorization", name="context", field=context(help_text="what the user acts for in it")
        ),
        migrations.AddField(model_name="consent", name="context", field=context(editable=False)),
        migrations.AddField(
            model_name="clientpolicy",
            name="context",
            field=context(
                help_text="The key of the context that it acts in for itself: an organisation, where the project has"
                " them."
            ),
        ),
        migrations.AddField(
            model_name="authorization",
            name="until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="agreed until"),
        ),
        migrations.AddField(
            model_name="consent",
            name="until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="agreed until"),
        ),
        migrations.AddField(
            model_name="authorization",
            name="address",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=64, verbose_name="address"
            ),
        ),
        migrations.AddField(
            model_name="authorization",
            name="device",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=100, verbose_name="browser"
            ),
        ),
        migrations.RemoveConstraint(model_name="consent", name="oauth_provider_one_consent"),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                fields=("user", "application", "context"), name="oauth_provider_one_consent"
            ),
        ),
    ]
