"""Undocumented names of Django, DRF and django-oauth-toolkit that we use, in one list, checked at start.

A release may rename any of them without notice. Then a project learns that in one line, not by a traceback from deep
inside. Nothing of ours is imported here, and a test finds every use that is not listed.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from importlib import import_module
from importlib.metadata import version
from typing import Any

from django.core.exceptions import ImproperlyConfigured

CURSOR = "sql/cursor.py"
COMPILED = "sql/lookup.py"
SAVE = "sql/model.py"
TEMPLATES = "pages/account/own_template.py"
CHANGE_LIST = "django.contrib.admin.views.main:ChangeList"
BACKEND = "django.db.backends.base.base:BaseDatabaseWrapper"
FEATURES = "django.db.backends.base.features:BaseDatabaseFeatures"
OPERATIONS = "django.db.backends.base.operations:BaseDatabaseOperations"
OPTIONS = "django.db.models.options:Options"
PACKAGES = ("Django", "django-oauth-toolkit", "djangorestframework", "psycopg")

# Each name with the file of ours that needs it, found before our models are loaded.
DJANGO: Mapping[str, str] = {
    f"{BACKEND}._cursor": CURSOR,
    f"{BACKEND}._prepare_cursor": CURSOR,
    f"{BACKEND}.autocommit": "sql/prepared.py",
    f"{BACKEND}.close_if_health_check_failed": CURSOR,
    f"{BACKEND}.connection": CURSOR,
    f"{BACKEND}.copy": "sql/pooler.py",
    f"{BACKEND}.create_cursor": CURSOR,
    f"{BACKEND}.ensure_connection": CURSOR,
    f"{BACKEND}.execute_wrappers": CURSOR,
    f"{BACKEND}.features": SAVE,
    f"{BACKEND}.health_check_enabled": CURSOR,
    f"{BACKEND}.in_atomic_block": "sql/transaction.py",
    f"{BACKEND}.make_cursor": CURSOR,
    f"{BACKEND}.needs_rollback": CURSOR,
    f"{BACKEND}.ops": "sql/statement.py",
    f"{BACKEND}.queries_logged": CURSOR,
    f"{BACKEND}.set_rollback": "resource_server/database_outage.py",
    f"{BACKEND}.timezone": "sql/prepared.py",
    f"{BACKEND}.timezone_name": "sql/seen.py",
    f"{BACKEND}.validate_no_broken_transaction": CURSOR,
    f"{BACKEND}.validate_thread_sharing": CURSOR,
    f"{BACKEND}.wrap_database_errors": CURSOR,
    f"{FEATURES}.can_return_columns_from_insert": SAVE,
    f"{FEATURES}.has_select_for_update": "sql/transaction.py",
    f"{FEATURES}.has_select_for_update_skip_locked": "models/logout_delivery.py",
    f"{OPERATIONS}.quote_name": "sql/statement.py",
    "django.db.backends.utils:CursorWrapper._execute": CURSOR,
    "django.db.backends.utils:CursorWrapper._execute_with_wrappers": CURSOR,
    "django.db.backends.utils:CursorWrapper.execute": CURSOR,
    "django.db.models.base:Model._prepare_related_fields_for_save": "resource_server/users/masked_user.py",
    "django.db.models.base:Model.save_base": SAVE,
    "django.db.models.base:ModelState.adding": "sql/commit.py",
    "django.db.models.base:ModelState.db": "sql/commit.py",
    "django.db.models.base:ModelState.fields_cache": "models/client_secret.py",
    "django.db.models.deletion:get_candidate_relations_to_delete": "sql/set_delete.py",
    "django.db.models.fields.related_descriptors:ForeignKeyDeferredAttribute": COMPILED,
    "django.db.models.fields:Field.generated": SAVE,
    "django.db.models.fields:Field.has_db_default": SAVE,
    "django.db.models.fields.related:ForeignKey.set_cached_value": "sql/lookup.py",
    f"{OPTIONS}.auto_field": SAVE,
    f"{OPTIONS}.concrete_fields": "dot/names.py",
    f"{OPTIONS}.fields": "admin",
    f"{OPTIONS}.managed": "sql/guard.py",
    f"{OPTIONS}.model_name": "admin",
    f"{OPTIONS}.object_name": "resource_server/users/masked_user.py",
    f"{OPTIONS}.parents": SAVE,
    f"{OPTIONS}.pk": COMPILED,
    f"{OPTIONS}.private_fields": "sql/set_delete.py",
    f"{OPTIONS}.proxy": "sql/guard.py",
    "django.db.models.query:QuerySet._raw_delete": "sql/set_delete.py",
    "django.db.models.query_utils:DeferredAttribute": COMPILED,
    "django.db.models.sql.compiler:SQLCompiler.as_sql": COMPILED,
    "django.db.models.sql.compiler:SQLCompiler.get_converters": COMPILED,
    "django.db.models.sql.compiler:SQLCompiler.select": COMPILED,
    "django.db.models.sql:Query.get_compiler": COMPILED,
    "django.db.models.sql:Query.order_by": "sweeping/sweep.py",
    "django.dispatch:Signal._live_receivers": "sql/model.py",
    "django.dispatch:Signal.has_listeners": COMPILED,
    "django.dispatch:Signal.receivers": COMPILED,
    "django.forms.fields:InvalidJSONInput": "admin",
    "django.template.backends.django:DjangoTemplates.engine": TEMPLATES,
    "django.template.backends.django:Template": TEMPLATES,
    "django.template.engine:Engine.find_template": TEMPLATES,
    "django.template.engine:Engine.template_loaders": TEMPLATES,
    "django.utils.log:log_response": "resource_server/database_outage.py",
}
# Looked for where a database is PostgreSQL; elsewhere psycopg may not even load.
PSYCOPG: Mapping[str, str] = {
    "django.db.backends.postgresql.psycopg_any:register_tzloader": "sql/prepared.py",
    "psycopg:Cursor._get_prepared": "sql/prepared.py",
    "psycopg._preparing:Prepare": "sql/prepared.py",
}
# Looked for where the admin is installed; elsewhere nothing of it is loaded.
ADMIN: Mapping[str, str] = {
    "django.contrib.admin.options:IS_POPUP_VAR": "admin",
    "django.contrib.admin.options:ModelAdmin.opts": "admin",
    "django.contrib.admin.options:ModelAdmin.response_action": "admin",
    "django.contrib.admin.utils:flatten_fieldsets": "admin",
    "django.contrib.admin.utils:get_last_value_from_parameters": "admin",
    "django.contrib.admin.utils:quote": "admin",
    "django.contrib.admin.utils:unquote": "admin",
    f"{CHANGE_LIST}.apply_select_related": "admin/lists/keyset.py",
    f"{CHANGE_LIST}.filter_params": "admin/lists/keyset.py",
    f"{CHANGE_LIST}.get_query_string": "admin/lists/keyset.py",
    f"{CHANGE_LIST}.get_queryset": "admin/lists/keyset.py",
    f"{CHANGE_LIST}.get_results": "admin/lists/keyset.py",
    f"{CHANGE_LIST}.params": "admin/lists/keyset.py",
    f"{CHANGE_LIST}.root_queryset": "admin/lists/keyset.py",
    "django.contrib.admin.widgets:AdminFileWidget": "admin",
    "django.contrib.admin.widgets:AdminTextInputWidget": "admin",
    "django.contrib.admin.widgets:AdminTextareaWidget": "admin",
    "django.contrib.admin.widgets:AutocompleteSelect": "admin",
}
# Looked for once all models are loaded: these modules read settings, or define models.
OTHERS: Mapping[str, str] = {
    "oauth2_provider.checks:_BCP_CONFIG_GATES": "bridge/defaults.py",
    "oauth2_provider.decorators:OAuthLibCore": "bridge/defaults.py",
    "oauth2_provider.middleware:OAuth2ExtraTokenMiddleware.__call__": "bridge/defaults.py",
    "oauth2_provider.oauth2_backends:get_oauthlib_core": "bridge/defaults.py",
    "oauth2_provider.oauth2_validators:OAuth2Validator._get_token_from_authentication_server": "bridge/validator.py",
    "oauth2_provider.settings:oauth2_settings._cached_attrs": "bridge/defaults.py",
    "oauth2_provider.settings:oauth2_settings.defaults": "bridge/defaults.py",
    "rest_framework.permissions:OperationHolderMixin": "rest_framework/permissions.py",
    "rest_framework.permissions:SingleOperandHolder": "rest_framework/permissions.py",
    "rest_framework.request:ForcedAuthentication": "rest_framework/permissions.py",
    "rest_framework.request:Request._request": "rest_framework/authentication.py",
}


def require(names: Mapping[str, str]) -> None:
    """Raise ``ImproperlyConfigured``, naming all that are missing, where one of ``names`` does not exist."""
    found = list(missing(names))
    if found:
        what = "; ".join(f"{name.replace(':', '.')} (needed in {place})" for name, place in found)
        raise ImproperlyConfigured(
            f"oauth_provider does not run with what is installed here ({_versions()}), which lacks {what}. "
            "Install a release that it is tested with (docs/how-to/install.md), or a newer oauth_provider."
        )


def missing(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each of ``names`` that does not exist, with the file of ours that needs it."""
    for name, place in names.items():
        module, _colon, path = name.partition(":")
        try:
            reduce(_attribute, path.split("."), import_module(module))
        except (ImportError, AttributeError):
            yield name, place


def _attribute(owner: Any, name: str) -> Any:
    """Return an attribute of ``owner``, or None for one that only its instances have. Raise ``AttributeError``."""
    try:
        return getattr(owner, name)
    except AttributeError:
        if not isinstance(owner, type) or name not in _set_by_init(owner):
            raise
        return None


def _set_by_init(owner: type) -> set[str]:
    """Return the names in the code of ``__init__``: most of these classes cannot be instantiated without a project."""
    makers = (getattr(vars(one).get("__init__"), "__code__", None) for one in owner.__mro__)
    return {name for code in makers if code is not None for name in code.co_names}


def _versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)
