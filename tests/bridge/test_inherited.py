"""Every setting of django-oauth-toolkit has a fate here: documented, and told to a project that set it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from oauth2_provider.settings import DEFAULTS

from oauth_provider.checks.dot import check_inherited
from oauth_provider.conf import NAMES
from oauth_provider.dot.inherited import SETTINGS, Fate
from oauth_provider.resource_server.conf import ResourceServerSettings

DOCUMENT = (Path(__file__).resolve().parent.parent.parent / "docs" / "reference" / "dot-settings.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", DOCUMENT, re.MULTILINE))


def warned(settings: Any, **written: Any) -> dict[str, str]:
    """The number of what the check says about each setting."""
    settings.OAUTH2_PROVIDER = written
    found = check_inherited(None)
    assert all(message.hint for message in found)
    return {re.findall(r'"(\w+)"', message.msg)[0]: message.id.removeprefix("oauth_provider.") for message in found}


def test_every_setting_of_dot_has_a_fate_and_nothing_else_has() -> None:
    assert set(SETTINGS) == set(DEFAULTS)


def test_the_document_says_what_the_check_says() -> None:
    assert {name: f"{one.fate.value} | {one.words}" for name, one in SETTINGS.items()} == ROWS


def test_settings_that_are_named_in_place_of_others_exist() -> None:
    named = {name for one in SETTINGS.values() for name in re.findall(r"`([A-Z][A-Z_]+)`", one.words)}
    ours = {*NAMES, *ResourceServerSettings.KEYS, "OAUTH_PROVIDER", "OAUTH_RESOURCE_SERVER"}

    assert {name for name in named if not name.startswith("OAUTH2_PROVIDER_")} <= ours | set(DEFAULTS)
    assert {one.same_as for one in SETTINGS.values()} - {""} <= set(NAMES)


def test_a_project_that_wrote_nothing_for_dot_is_told_nothing(settings: Any) -> None:
    assert warned(settings) == {}


def test_every_setting_that_does_not_hold_is_warned_of(settings: Any) -> None:
    odd = object()
    unhonoured = {name: one.fate for name, one in SETTINGS.items() if one.fate is not Fate.HONOURED}

    expected = {name: "W097" if fate is Fate.REFUSED else "W096" for name, fate in unhonoured.items()}
    # DOT itself warns of that one, which it is about to lose.
    written = dict.fromkeys(set(SETTINGS) - {"AUTHENTICATION_SERVER_EXP_TIME_ZONE"}, odd)
    assert warned(settings, **written) == expected


@pytest.mark.spec("RFC 9700", "2.1")
def test_a_value_that_says_what_holds_anyway_is_not_warned_of(settings: Any) -> None:
    assert warned(settings, PKCE_REQUIRED=True, ALLOW_URI_WILDCARDS=False, OIDC_ENABLED=True, CIMD_ENABLED=False) == {}
    assert warned(settings, PKCE_REQUIRED=False, ALLOW_URI_WILDCARDS=True, OIDC_ENABLED=False) == {
        "PKCE_REQUIRED": "W097",
        "ALLOW_URI_WILDCARDS": "W097",
        "OIDC_ENABLED": "W096",
    }
    # A number is no boolean, and a project's own policy is no yes.
    assert set(warned(settings, PKCE_REQUIRED=lambda client_id: True, ROTATE_REFRESH_TOKEN=1)) == {
        "PKCE_REQUIRED",
        "ROTATE_REFRESH_TOKEN",
    }


def test_a_lifetime_is_compared_with_the_one_that_holds(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {"AUTHORIZATION_IDLE_LIFETIME": 86400}

    assert warned(settings, REFRESH_TOKEN_EXPIRE_SECONDS=timedelta(days=1), AUTHORIZATION_CODE_EXPIRE_SECONDS=60) == {}
    assert warned(settings, REFRESH_TOKEN_EXPIRE_SECONDS=3600, AUTHORIZATION_CODE_EXPIRE_SECONDS=600) == {
        "REFRESH_TOKEN_EXPIRE_SECONDS": "W096",
        "AUTHORIZATION_CODE_EXPIRE_SECONDS": "W096",
    }
