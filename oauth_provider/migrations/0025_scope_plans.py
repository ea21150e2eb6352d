"""Changes of scopes that were applied, and what each row said before."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("oauth_provider", "0024_optional_scopes"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ScopePlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.JSONField(editable=False, verbose_name="plan")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="begun")),
                ("finished_at", models.DateTimeField(editable=False, null=True, verbose_name="finished")),
                ("undone_at", models.DateTimeField(editable=False, null=True, verbose_name="undone")),
            ],
            options={
                "verbose_name": "change of scopes",
                "verbose_name_plural": "changes of scopes",
            },
        ),
        migrations.CreateModel(
            name="ScopeRewrite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(editable=False, max_length=32)),
                ("key", models.CharField(editable=False, max_length=64)),
                ("before", models.JSONField(editable=False)),
                ("after", models.JSONField(editable=False)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rewrites",
                        to="oauth_provider.scopeplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "row of a change of scopes",
                "verbose_name_plural": "rows of changes of scopes",
            },
        ),
    ]
