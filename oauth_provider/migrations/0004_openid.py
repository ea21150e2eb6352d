"""Columns of clients and sign-ins for OpenID Connect."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("oauth_provider", "0003_signing_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="authorization",
            name="claims",
            field=models.JSONField(default=dict, editable=False, verbose_name="claims asked for"),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="id_token_signed_response_alg",
            field=models.CharField(
                choices=[("RS256", "RS256"), ("ES256", "ES256"), ("PS256", "PS256"), ("EdDSA", "EdDSA")],
                default="RS256",
                help_text="What ID tokens for this client are signed with.",
                max_length=16,
                verbose_name="ID token algorithm",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="userinfo_signed_response_alg",
            field=models.CharField(
                blank=True,
                choices=[("RS256", "RS256"), ("ES256", "ES256"), ("PS256", "PS256"), ("EdDSA", "EdDSA")],
                help_text="None: userinfo answers plain JSON.",
                max_length=16,
                verbose_name="userinfo algorithm",
            ),
        ),
    ]
