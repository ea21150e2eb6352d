"""Requests of clients that have no rows yet: a Client ID Metadata Document says what they are."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

from oauth_provider.dot.names import APPLICATION


def forget(apps: Any, schema_editor: Any) -> None:
    """Delete the requests of clients without rows, which the columns of before cannot hold."""
    model = apps.get_model("oauth_provider", "PendingRequest")
    model._base_manager.using(schema_editor.connection.alias).filter(application=None).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("oauth_provider", "0031_portal")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="pendingrequest",
            name="unregistered_client",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=255),
        ),
        migrations.AlterField(
            model_name="pendingrequest",
            name="application",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=APPLICATION
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget),
    ]
