"""Checks of the names of settings: a misspelt one is told with what was meant, a misplaced one with its place."""

from types import SimpleNamespace
from typing import Any

import pytest

from oauth_provider.checks import setting_names
from oauth_provider.conf import NAMES
from oauth_provider.resource_server.checks import check_settings
from tests.checks.messages import said
from tests.each import each


@each(
    ("name", "hint"),
    [
        ("ISUER", "Did you mean 'ISSUER'?"),
        ("issuer", "Did you mean 'ISSUER'?"),
        ("DEFAULT_SCOPE", "Did you mean 'DEFAULT_SCOPES'?"),
        ("VERIFIER", "It is a setting of OAUTH_RESOURCE_SERVER: move it there."),
        (
            "ID_TOKEN_EXPIRE_SECONDS",
            "It is a setting of django-oauth-toolkit, replaced here: by `ID_TOKEN_LIFETIME`.",
        ),
        ("x", f"The settings are {', '.join(NAMES)}."),
        (7, f"The settings are {', '.join(NAMES)}."),
    ],
)
def test_a_misspelt_setting_is_told_with_what_was_meant(settings: Any, name: Any, hint: str) -> None:
    settings.OAUTH_PROVIDER = {name: "https://auth.example.com"}
    assert said(setting_names.check_names) == ["E010"]
    assert setting_names.check_names(None)[0].hint == hint


def test_a_setting_of_ours_among_those_of_dot_is_told(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {"ISSUER": "https://auth.example.com", "SCOPES": {"read": "Read"}, "OWN": 1}
    (message,) = setting_names.check_names_of_dot(None)
    assert (message.id, message.hint) == ("oauth_provider.W122", "Move it to OAUTH_PROVIDER.")
    assert 'OAUTH2_PROVIDER["ISSUER"]' in message.msg


@each(
    ("written", "misspelt", "meant"),
    [
        ({"OAUTH_PROVIDERS": {}}, "OAUTH_PROVIDERS", "OAUTH_PROVIDER"),
        ({"OAUTH_PROVDER": {"ISSUER": "x"}}, "OAUTH_PROVDER", "OAUTH_PROVIDER"),
        ({"OAUTH_PROVIDER": {}, "OAUTH_RESOURCE_SERVERS": {}}, "OAUTH_RESOURCE_SERVERS", "OAUTH_RESOURCE_SERVER"),
    ],
)
def test_a_dictionary_that_nobody_reads_is_told(
    monkeypatch: pytest.MonkeyPatch, written: Any, misspelt: str, meant: str
) -> None:
    monkeypatch.setattr(setting_names, "settings", SimpleNamespace(**written))
    (message,) = setting_names.check_dictionaries(None)
    assert message.id == "oauth_provider.W123"
    assert (misspelt in message.msg, message.hint) == (True, f"Did you mean {meant}?")


@each(
    "written",
    [
        {"OAUTH_PROVIDER": {}, "OAUTH_PROVIDERS": {}, "OAUTH_RESOURCE_SERVER": {}},
        {"OAUTH2_PROVIDER": {}, "OAUTHLIB_INSECURE_TRANSPORT": {}},
        {"OAUTH_PROVIDER_URL": "https://auth.example.com"},
    ],
)
def test_settings_of_somebody_else_are_not_taken_for_ours(monkeypatch: pytest.MonkeyPatch, written: Any) -> None:
    monkeypatch.setattr(setting_names, "settings", SimpleNamespace(**written))
    assert said(setting_names.check_dictionaries) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"VERIFYER": "x"}, "Did you mean 'VERIFIER'?"),
        ({"ISSUER": "x"}, "The keys are VERIFIER, "),
    ],
)
def test_a_misspelt_key_of_the_resource_server_is_told_with_what_was_meant(
    settings: Any, written: Any, told: str
) -> None:
    settings.OAUTH_RESOURCE_SERVER = written
    (message,) = check_settings(None)
    assert message.id == "oauth_resource_server.E004"
    assert str(message.hint).startswith(told)


@each(
    ("written", "told"),
    [
        ({"JWT": {"LEEWAYS": 5}}, "JWT\"] cannot be used: it has no key 'LEEWAYS' (did you mean 'LEEWAY'?)."),
        ({"JWT": ["LEEWAY"]}, 'JWT"] cannot be used: it must be a dictionary.'),
        (
            {"INTROSPECTION": {"NAME": "x"}},
            "INTROSPECTION\"] cannot be used: it has no key 'NAME' (it has CLIENT_ID, CLIENT_SECRET, LEEWAY, "
            "REVOCATION_DELAY, TIMEOUT, URL).",
        ),
        ({"DENYLIST": {"CHANEL": "x"}}, "DENYLIST\"] cannot be used: it has no key 'CHANEL' (did you mean 'CHANNEL'?)"),
    ],
)
def test_a_misspelt_option_is_told_with_what_was_meant(settings: Any, written: Any, told: str) -> None:
    settings.OAUTH_RESOURCE_SERVER = written
    (message,) = check_settings(None)
    assert (message.id, message.msg.partition('["')[2]) == ("oauth_resource_server.E004", told)
