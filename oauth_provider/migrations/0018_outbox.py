"""The outbox takes messages of every kind. Code from before writes logout messages, and goes on doing so."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from oauth_provider.dot.names import APPLICATION


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0017_audit")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="logoutdelivery",
            name="kind",
            field=models.CharField(
                db_default="backchannel_logout",
                default="backchannel_logout",
                editable=False,
                max_length=64,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="logoutdelivery",
            name="payload",
            field=models.JSONField(editable=False, null=True, verbose_name="payload"),
        ),
        migrations.AlterField(
            model_name="logoutdelivery",
            name="application",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=APPLICATION
            ),
        ),
    ]
