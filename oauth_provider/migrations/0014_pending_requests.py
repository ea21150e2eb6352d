from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oauth_provider", "0013_revoked_token_client")]

    operations = [
        migrations.AddField(
            model_name="pendingrequest",
            name="address_digest",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddIndex(
            model_name="pendingrequest",
            index=models.Index(
                condition=models.Q(("address_digest", ""), _negated=True),
                fields=["address_digest"],
                name="oauth_pending_address",
            ),
        ),
        migrations.AddIndex(
            model_name="pendingrequest",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["decided_at"],
                name="oauth_pending_decided",
            ),
        ),
    ]
