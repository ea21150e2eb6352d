"""Columns of logout, and the outbox of logout messages to clients."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import oauth_provider.models.validation
from oauth_provider.dot.names import APPLICATION


class Migration(migrations.Migration):
    dependencies = [
        ("oauth_provider", "0005_front_channel"),
        migrations.swappable_dependency(APPLICATION),
    ]

    operations = [
        migrations.AddField(
            model_name="authorization",
            name="session_expires_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="session expires"),
        ),
        migrations.AlterField(
            model_name="authorization",
            name="revoked_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("code_replay", "a code was replayed"),
                    ("refresh_token_replay", "a refresh token was replayed"),
                    ("client", "the client revoked it"),
                    ("user", "the user withdrew consent"),
                    ("operator", "an operator revoked it"),
                    ("logout", "the session ended"),
                    ("token_deleted", "its access token was deleted"),
                ],
                editable=False,
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="backchannel_logout_uri",
            field=models.CharField(
                blank=True,
                help_text="Where logout tokens are sent when a session ends.",
                max_length=2048,
                validators=[oauth_provider.models.validation.check_logout_uri],
                verbose_name="back-channel logout URI",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="backchannel_logout_session_required",
            field=models.BooleanField(
                default=False,
                help_text="Logout tokens always name the session.",
                verbose_name="back-channel logout needs sid",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="frontchannel_logout_uri",
            field=models.CharField(
                blank=True,
                help_text="Opened in a frame when a session ends; on the same host as a redirect URI.",
                max_length=2048,
                validators=[oauth_provider.models.validation.check_logout_uri],
                verbose_name="front-channel logout URI",
            ),
        ),
        migrations.AddField(
            model_name="clientpolicy",
            name="frontchannel_logout_session_required",
            field=models.BooleanField(
                default=False,
                help_text="The frame always names the session.",
                verbose_name="front-channel logout needs sid",
            ),
        ),
        migrations.CreateModel(
            name="LogoutDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.TextField(editable=False)),
                ("subject", models.CharField(editable=False, max_length=255)),
                ("sid", models.CharField(editable=False, max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "waiting"), ("delivered", "delivered"), ("dead", "given up")],
                        default="pending",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, editable=False, verbose_name="attempts")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="logged out"),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="next attempt"),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="ended")),
                ("last_error", models.TextField(blank=True, editable=False, verbose_name="last error")),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=APPLICATION),
                ),
            ],
            options={
                "verbose_name": "logout delivery",
                "verbose_name_plural": "logout deliveries",
                "indexes": [models.Index(fields=["status", "next_attempt_at"], name="oauth_provider_outbox")],
            },
        ),
    ]
