import django.core.validators
from django.db import migrations, models

import oauth_provider.models.client
import oauth_provider.models.resource


class Migration(migrations.Migration):
    dependencies = [("oauth_provider", "0004_openid")]

    operations = [
        migrations.AddField(
            model_name="clientpolicy",
            name="default_max_age",
            field=models.PositiveIntegerField(
                blank=True,
                help_text=("In seconds: for how long a sign-in serves where a request does not say (OpenID Connect)."),
                null=True,
                verbose_name="default max_age",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="require_auth_time",
            field=models.BooleanField(
                default=False,
                help_text="People whose time of sign-in is unknown sign in again (OpenID Connect).",
                verbose_name="requires auth_time",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="require_pushed_authorization_requests",
            field=models.BooleanField(
                default=False,
                help_text="Its requests must be pushed (RFC 9126).",
                verbose_name="requires pushed authorization requests",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="jwks",
            field=models.JSONField(
                blank=True,
                help_text="A JWK Set of its public keys, with which what it signs is verified (RFC 7591).",
                null=True,
                validators=[oauth_provider.models.client.check_jwks],
                verbose_name="keys",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="require_signed_request_object",
            field=models.BooleanField(
                default=False,
                help_text="Its requests must be signed (RFC 9101).",
                verbose_name="requires signed requests",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="resources",
            field=models.JSONField(
                default=dict, editable=False, help_text="each with the digest of its name", verbose_name="resources"
            ),
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "identifier",
                    models.CharField(
                        help_text="The URI that clients ask for it by, and that its tokens name.",
                        max_length=500,
                        unique=True,
                        validators=[oauth_provider.models.resource.check_identifier],
                        verbose_name="identifier",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What people read when asked for consent.", max_length=200, verbose_name="name"
                    ),
                ),
                (
                    "scopes",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="The scopes that are its own: a token for other resources does not hold them.",
                        validators=[oauth_provider.models.client.check_names],
                        verbose_name="scopes",
                    ),
                ),
                (
                    "access_token_lifetime",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="In seconds. It can only shorten.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="access token lifetime",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
            ],
            options={"verbose_name": "resource", "verbose_name_plural": "resources"},
        ),
    ]
