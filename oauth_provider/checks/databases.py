"""Checks of the databases: one transaction holds everything that a verb writes, and the hot path is prepared."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Info, Tags, Warning
from django.db import connections, router

from oauth_provider.checks.registration import register
from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.models import Authorization

PREPARED = ("server_side_binding", "prepare_threshold")


# Not under Tags.database: routers are asked, and no connection is opened.
@register(Tags.models)
def check_one_database(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A token and its authorization are written together, or not at all."""
    ours = router.db_for_write(Authorization)
    theirs = (application_model(), access_token_model(), refresh_token_model(), get_user_model())
    return [
        Error(
            f"{model._meta.label} is written to the database {alias!r}, and oauth_provider's tables to {ours!r}.",
            hint="Have DATABASE_ROUTERS send oauth_provider to the database of DOT's models and of the user.",
            id="oauth_provider.E005",
        )
        for model in theirs
        if (alias := router.db_for_write(model)) != ours
    ]


@register(Tags.models, deploy=True)
def check_prepared_statements(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL can keep the few statements of the hot path prepared."""
    alias = router.db_for_read(access_token_model())
    database = connections[alias]
    # Whoever turns server-side cursors off has a pooler that prepared statements do not survive, either.
    if database.vendor != "postgresql" or database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return []
    options = database.settings_dict.get("OPTIONS") or {}
    missing = [name for name in PREPARED if options.get(name) is None or options[name] is False]
    if not missing:
        return []
    return [
        Info(
            f"PostgreSQL prepares no statement for the database {alias!r}: {' and '.join(missing)} not set.",
            hint=f'A call of your API costs less with DATABASES[{alias!r}]["OPTIONS"] = '
            '{"server_side_binding": True, "prepare_threshold": 5}.',
            id="oauth_provider.I001",
        )
    ]


@register(Tags.models, deploy=True)
def check_connections_are_tried(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """After a restart of the database each connection that was kept would cost one call."""
    return [
        Warning(
            f"Connections to the database {alias!r} are kept and not tried before they are used again.",
            hint=f'Set DATABASES[{alias!r}]["CONN_HEALTH_CHECKS"] = True: each call that finds its connection gone is '
            "answered 503.",
            id="oauth_provider.W068",
        )
        for alias in sorted({router.db_for_read(access_token_model()), router.db_for_write(access_token_model())})
        if connections[alias].vendor != "sqlite" and _keeps_untried(connections[alias].settings_dict)
    ]


def _keeps_untried(configured: dict[str, Any]) -> bool:
    is_kept = configured.get("CONN_MAX_AGE", 0) != 0 or bool((configured.get("OPTIONS") or {}).get("pool"))
    return is_kept and not configured.get("CONN_HEALTH_CHECKS", False)
