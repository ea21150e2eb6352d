"""``manage.py check --deploy`` answers for every form of settings that Django's documentation shows."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from django.core import checks as framework
from django.utils.translation import gettext_lazy

from oauth_provider.checks import configuration, setting_types
from oauth_provider.conf import NAMES, ProviderSettings
from oauth_provider.resource_server.conf import ResourceServerSettings, conf
from tests.checks import checked_settings as forms
from tests.each import each

ISSUER = {"ISSUER": "https://auth.example.com"}
# Judged by its text alone, or with what a text of that kind may be.
TEXT = gettext_lazy("x")
ODD: tuple[Any, ...] = (None, -1, 2.5, True, "x", TEXT, b"x", [5], ["x"], (), {"x": 5}, {5: []}, object())


@pytest.fixture(autouse=True)
def _small_project(settings: Any) -> None:
    settings.ROOT_URLCONF, settings.OAUTH_PROVIDER = "oauth_provider.urls", ISSUER


def own_checks() -> list[Any]:
    """Every check of ours, those of deployment included."""
    registered = framework.registry.registry.get_checks(include_deployment_checks=True)
    return [check for check in registered if check.__module__.startswith("oauth_provider")]


@each("form", forms.DATABASES)
def test_checks_answer_for_every_documented_database(monkeypatch: Any, settings: Any, form: str) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 5}
    forms.put_databases(monkeypatch, forms.DATABASES[form])

    found = forms.numbers()

    is_kept = any(word in form for word in ("pool", "persistent"))
    is_prepared = ("PostgreSQL" not in form and form != "a replica") or is_kept
    assert ("oauth_provider.I001" in found) is not is_prepared
    assert ("oauth_provider.W093" in found) is ("persistent" in form)


def test_checks_answer_where_a_router_leaves_the_default_empty(monkeypatch: Any, settings: Any) -> None:
    class ToUsers:
        def db_for_read(self, model: Any, **hints: Any) -> str:
            return "users"

        db_for_write = db_for_read

    settings.DATABASE_ROUTERS = [ToUsers()]
    forms.put_databases(monkeypatch, forms.DATABASES["a default that is left empty"])

    assert "oauth_provider.I001" in forms.numbers()


@each("form", forms.CACHES)
def test_checks_answer_for_every_documented_cache(monkeypatch: Any, settings: Any, form: str) -> None:
    forms.pretend_memcached(monkeypatch)
    settings.CACHES = forms.CACHES[form]

    assert ("oauth_provider.W001" in forms.numbers()) is form.startswith(("none", "local"))


@each("form", forms.OTHERS)
def test_checks_answer_for_other_documented_settings(settings: Any, form: str) -> None:
    forms.put(settings, forms.OTHERS[form])

    has_issuer = "OAUTH_PROVIDER" not in forms.OTHERS[form]
    assert ("oauth_provider.E001" in forms.numbers()) is not has_issuer


@pytest.mark.parametrize("name", ["OAUTH_PROVIDER", "OAUTH2_PROVIDER"])
def test_a_setting_that_is_no_dictionary_is_said_once(settings: Any, name: str) -> None:
    setattr(settings, name, ["ISSUER"])

    found = [message for check in own_checks() for message in check(app_configs=None, databases=None)]

    texts = [message.msg for message in found if message.id == "oauth_provider.E095"]
    assert texts == [f"{name} must be a dictionary."]


def test_no_check_breaks_on_an_odd_value(monkeypatch: Any) -> None:
    for name, odd in product(NAMES, ODD):
        written = {**ISSUER, name: odd}
        monkeypatch.setitem(vars(configuration.provider_settings), "user_settings", written)

        found = [message for check in own_checks() for message in check(app_configs=None, databases=None)]

        if isinstance(odd, bytes) or type(odd) is object:
            assert any(message.level >= framework.ERROR for message in found), f"{name} = {odd!r}"


def test_no_check_of_an_api_breaks_on_an_odd_value(monkeypatch: Any) -> None:
    for name, odd in product(ResourceServerSettings.KEYS, ODD):
        monkeypatch.setitem(vars(conf), "project", {name: odd})
        for check in own_checks():
            assert isinstance(check(app_configs=None, databases=None), list)


@each(
    ("name", "value"),
    [
        ("SCOPES", ["notes:read"]),
        ("DEFAULT_SCOPES", "notes:read"),
        ("SIGNING_ALGORITHMS", "ES256"),
        ("SESSION_MANAGEMENT", "False"),
        ("ISSUER", ["https://auth.example.com"]),
        ("CACHE", b"default"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(settings: Any, name: str, value: Any) -> None:
    settings.OAUTH_PROVIDER = ISSUER | {name: value}

    (message,) = configuration.check_values(None)

    assert message.id == "oauth_provider.E013"
    assert name in message.msg


def test_a_check_that_breaks_for_another_reason_is_not_silenced(settings: Any, monkeypatch: Any) -> None:
    settings.OAUTH_PROVIDER = ISSUER | {"DEFAULT_SCOPES": ["read"]}
    monkeypatch.setattr(configuration, "configured_scopes", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        configuration.check_scopes(None)


def test_every_setting_has_a_type_that_is_judged() -> None:
    kinds = {name: setting_types._type_of(name) for name in NAMES if name not in setting_types.JUDGED_ELSEWHERE}

    assert kinds["SCOPES"] is Mapping
    assert kinds["AUTHORIZATION_LIFETIME"] is int
    assert kinds["SESSION_MANAGEMENT"] is bool
    assert set(kinds.values()) == set(setting_types.WORDS)
    assert all(isinstance(vars(ProviderSettings).get(name), property | None) for name in kinds)
