"""The companion tables (hand-edited: a generated migration would name settings that a project need not define)."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import oauth_provider.models.client
from oauth_provider.dot.names import ACCESS_TOKEN, APPLICATION


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(APPLICATION),
        migrations.swappable_dependency(ACCESS_TOKEN),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientPolicy",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="oauth_policy",
                        serialize=False,
                        to=APPLICATION,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("approved", "approved"),
                            ("unapproved", "not yet approved"),
                            ("suspended", "suspended"),
                        ],
                        default="approved",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "grant_types",
                    models.JSONField(
                        default=list, validators=[oauth_provider.models.client.check_names], verbose_name="grant types"
                    ),
                ),
                (
                    "scopes",
                    models.JSONField(
                        blank=True,
                        help_text="A list of scopes; none given (null): every scope there is.",
                        null=True,
                        validators=[oauth_provider.models.client.check_names],
                        verbose_name="scopes",
                    ),
                ),
                (
                    "token_endpoint_auth_method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "any that fits its type"),
                            ("client_secret_basic", "client_secret_basic"),
                            ("client_secret_post", "client_secret_post"),
                            ("none", "none"),
                        ],
                        default="",
                        max_length=32,
                        verbose_name="authentication method",
                    ),
                ),
                ("may_introspect", models.BooleanField(default=False, verbose_name="may introspect tokens")),
                (
                    "rotate_refresh_tokens",
                    models.BooleanField(
                        default=True,
                        help_text="Off only for clients that FAPI 2.0 forbids it for; needs a confidential client.",
                        verbose_name="rotate refresh tokens",
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
            options={
                "verbose_name": "client policy",
                "verbose_name_plural": "client policies",
            },
        ),
        migrations.CreateModel(
            name="Authorization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("grant_type", models.CharField(max_length=64, verbose_name="grant type")),
                ("scope", models.TextField(blank=True, verbose_name="scope")),
                ("resources", models.JSONField(default=list, verbose_name="resources")),
                ("redirect_uri", models.TextField(blank=True, verbose_name="redirect URI")),
                ("code_challenge", models.CharField(blank=True, editable=False, max_length=43)),
                ("nonce", models.TextField(blank=True, editable=False)),
                ("cnf", models.JSONField(editable=False, null=True, verbose_name="key binding")),
                ("auth_time", models.DateTimeField(null=True, verbose_name="signed in")),
                ("acr", models.TextField(blank=True)),
                ("amr", models.JSONField(default=list)),
                ("sid", models.CharField(blank=True, db_index=True, max_length=64)),
                ("code_digest", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("code_expires_at", models.DateTimeField(editable=False, null=True)),
                ("redeemed_at", models.DateTimeField(editable=False, null=True, verbose_name="redeemed")),
                ("family_digest", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("adopted_digest", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("refresh_token_digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("previous_digest", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "rotated_at",
                    models.DateTimeField(db_index=True, editable=False, null=True, verbose_name="last refreshed"),
                ),
                ("sealed_answer", models.TextField(blank=True, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                ("expires_at", models.DateTimeField(db_index=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(db_index=True, editable=False, null=True, verbose_name="revoked")),
                (
                    "revoked_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("code_replay", "a code was replayed"),
                            ("refresh_token_replay", "a refresh token was replayed"),
                            ("client", "the client revoked it"),
                            ("user", "the user withdrew consent"),
                            ("operator", "an operator revoked it"),
                            ("token_deleted", "its access token was deleted"),
                        ],
                        editable=False,
                        max_length=32,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="oauth_authorizations", to=APPLICATION
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauth_authorizations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "authorization",
                "verbose_name_plural": "authorizations",
            },
        ),
        migrations.CreateModel(
            name="ClientMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "owner"), ("developer", "developer")],
                        default="owner",
                        max_length=16,
                        verbose_name="role",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="oauth_members", to=APPLICATION
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauth_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "client member",
                "verbose_name_plural": "client members",
            },
        ),
        migrations.CreateModel(
            name="ClientSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(
                        editable=False, help_text="SHA-256 of a machine-made secret", max_length=64, null=True
                    ),
                ),
                (
                    "encoded",
                    models.CharField(
                        blank=True, editable=False, help_text="the slow hash of one that DOT stored", max_length=255
                    ),
                ),
                ("hint", models.CharField(blank=True, editable=False, max_length=8, verbose_name="ends in")),
                ("label", models.CharField(blank=True, max_length=64, verbose_name="label")),
                ("from_dot", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="oauth_secrets", to=APPLICATION
                    ),
                ),
            ],
            options={
                "verbose_name": "client secret",
                "verbose_name_plural": "client secrets",
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shown", models.CharField(editable=False, help_text="what the client looked like", max_length=64)),
                (
                    "scopes",
                    models.JSONField(
                        default=dict,
                        editable=False,
                        help_text="each with the digest of its words",
                        verbose_name="scopes",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="given"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="last changed"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="oauth_consents", to=APPLICATION
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauth_consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
            },
        ),
        migrations.CreateModel(
            name="PendingRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handle_digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("session_digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("parameters", models.JSONField(default=dict, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created"),
                ),
                ("expires_at", models.DateTimeField(db_index=True, verbose_name="expires")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="decided")),
                ("decision", models.CharField(blank=True, editable=False, max_length=16, verbose_name="decision")),
                ("sealed_answer", models.TextField(blank=True, editable=False)),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=APPLICATION),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pending request",
                "verbose_name_plural": "pending requests",
            },
        ),
        migrations.CreateModel(
            name="TokenBinding",
            fields=[
                (
                    "access_token",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="oauth_binding",
                        serialize=False,
                        to=ACCESS_TOKEN,
                    ),
                ),
                ("cnf", models.JSONField(null=True, verbose_name="key binding")),
                ("act", models.JSONField(null=True, verbose_name="actor")),
                (
                    "authorization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="token_bindings",
                        to="oauth_provider.authorization",
                    ),
                ),
            ],
            options={
                "verbose_name": "token binding",
                "verbose_name_plural": "token bindings",
            },
        ),
        migrations.AddIndex(
            model_name="authorization",
            index=models.Index(fields=["user", "application"], name="oauth_provider_user_client"),
        ),
        migrations.AddConstraint(
            model_name="clientmember",
            constraint=models.UniqueConstraint(fields=("application", "user"), name="oauth_provider_one_membership"),
        ),
        migrations.AddConstraint(
            model_name="clientsecret",
            constraint=models.UniqueConstraint(fields=("application", "digest"), name="oauth_provider_one_secret"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(fields=("user", "application"), name="oauth_provider_one_consent"),
        ),
    ]
