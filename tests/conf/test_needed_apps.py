"""What has to be installed: one line says what is missing, before any model is loaded."""

import subprocess
import sys

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.apps import NEEDED_APPS, require_apps
from tests.each import each

FIRST = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS={apps!r}, SECRET_KEY="x", USE_TZ=True)
django.setup()
"""
WITHOUT_DRF = """
import sys
sys.modules["rest_framework"] = None
import oauth_provider.rest_framework.permissions
"""
OTHERS = ["django.contrib.contenttypes", "django.contrib.auth"]


def last_line(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1, run.stderr
    return run.stderr.strip().splitlines()[-1]


def test_what_is_needed_is_there_in_the_test_project() -> None:
    require_apps()


@each("missing", NEEDED_APPS)
def test_each_missing_app_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: name != missing)
    with pytest.raises(ImproperlyConfigured) as told:
        require_apps()
    assert str(told.value) == f"oauth_provider needs more in INSTALLED_APPS: add {missing!r}, in any order."


@pytest.mark.parametrize("listed", [[*OTHERS, "oauth_provider"], ["oauth_provider", *OTHERS]])
def test_a_project_without_django_oauth_toolkit_is_told_in_one_line(listed: list[str]) -> None:
    assert last_line(FIRST.format(apps=listed)) == (
        "django.core.exceptions.ImproperlyConfigured: oauth_provider needs more in INSTALLED_APPS: "
        "add 'oauth2_provider', in any order."
    )


def test_guards_of_a_framework_that_is_not_there_say_how_to_get_it() -> None:
    assert "pip install djangorestframework" in last_line(WITHOUT_DRF)
