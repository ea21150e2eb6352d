"""Checks of the databases: one for all our tables and DOT's, prepared statements, and tested connections."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Info, Tags, Warning
from django.db import connections, router

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.models import Authorization

PREPARE_STATEMENTS = ("auto", "off")


# Not under Tags.database: routers are asked, and no connection is opened.
@register(Tags.models)
def check_one_database(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E005: DOT's rows and ours are in different databases, so one transaction cannot write both."""
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


@register(Tags.security)
def check_prepare_statements(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E110: the setting has another value than "auto" or "off"."""
    if provider_settings.PREPARE_STATEMENTS in PREPARE_STATEMENTS:
        return []
    hint = f"Write one of {', '.join(map(repr, PREPARE_STATEMENTS))}."
    return [Error('OAUTH_PROVIDER["PREPARE_STATEMENTS"] is no such word.', hint=hint, id="oauth_provider.E110")]


@register(Tags.models, deploy=True)
def check_prepared_statements(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """I001: PostgreSQL does not keep the few statements of the hot path prepared."""
    alias = router.db_for_read(access_token_model())
    database = connections[alias]
    # Whoever turns server-side cursors off has a pooler that prepared statements do not survive, either.
    is_declined = provider_settings.PREPARE_STATEMENTS != "auto"
    if database.vendor != "postgresql" or is_declined or database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        return []
    options = database.settings_dict.get("OPTIONS") or {}
    if options.get("prepare_threshold") is not None:
        is_prepared, change = options.get("server_side_binding") is True, 'Take "prepare_threshold" out of OPTIONS'
    else:
        is_prepared, change = _is_kept(database.settings_dict), "Set CONN_MAX_AGE (WSGI), or pool in OPTIONS (ASGI)"
    if is_prepared:
        return []
    return [
        Info(
            f"PostgreSQL prepares no statement for the database {alias!r}.",
            hint=f"{change}: a call of your API costs less where connections are kept and statements prepared on them.",
            id="oauth_provider.I001",
        )
    ]


@register(Tags.models, deploy=True)
def check_pool_under_asgi(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W110: under ASGI each request opens its own connection, and only a pool keeps connections."""
    alias = router.db_for_read(access_token_model())
    configured: Any = connections[alias].settings_dict
    is_asgi = bool(getattr(settings, "ASGI_APPLICATION", None))
    if not is_asgi or connections[alias].vendor != "postgresql" or configured.get("CONN_MAX_AGE", 0) == 0:
        return []
    return [
        Warning(
            f"The project has an ASGI_APPLICATION, and CONN_MAX_AGE for {alias!r}: under ASGI no connection is used "
            "again, and those of past requests stay open.",
            hint=f'Set DATABASES[{alias!r}]["CONN_MAX_AGE"] = 0, and "pool" in its OPTIONS.',
            id="oauth_provider.W110",
        )
    ]


@register(Tags.models, deploy=True)
def check_connections_are_tried(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W068: kept connections are not tested. After a restart of the database each of them would fail one call."""
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
    return _is_kept(configured) and not configured.get("CONN_HEALTH_CHECKS", False)


def _is_kept(configured: dict[str, Any]) -> bool:
    return configured.get("CONN_MAX_AGE", 0) != 0 or bool((configured.get("OPTIONS") or {}).get("pool"))
