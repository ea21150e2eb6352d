"""Client of each revoked token, so that one client cannot fill the table (RFC 7009 §2)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Additive: code of the release before goes on writing rows without the column."""

    dependencies = [("oauth_provider", "0012_consent_and_claims")]

    operations = [
        migrations.AddField(
            model_name="revokedtoken",
            name="client_id",
            field=models.CharField(default="", db_default="", editable=False, max_length=255, verbose_name="client"),
        ),
        migrations.AddIndex(
            model_name="revokedtoken",
            index=models.Index(fields=["client_id", "expires"], name="oauth_provider_revoked_client"),
        ),
    ]
