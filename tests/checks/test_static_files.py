"""Checks of static files: those of the pages are found, and were collected."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core import mail
from django.core.management import call_command

from oauth_provider.checks import static_files
from oauth_provider.checks.static_files import APP, FILES, FINDER
from tests.checks.messages import said
from tests.checks.urlconf import Root

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
BUCKET = "django.core.files.storage.InMemoryStorage"


@pytest.fixture(autouse=True)
def _no_test_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ``manage.py`` runs the checks."""
    monkeypatch.delattr(mail, "outbox")


@pytest.fixture(autouse=True)
def _no_remembered_finders() -> Any:
    finders.get_finder.cache_clear()
    yield
    finders.get_finder.cache_clear()


def stored_by(settings: Any, backend: str) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}


def test_every_file_that_is_looked_for_is_one_of_ours() -> None:
    folder = Path(static_files.__file__).parents[1] / "static"
    assert all((folder / name).is_file() for name in FILES)


def test_files_that_are_found_are_fine() -> None:
    assert said(static_files.check_static_files_are_found) == []


def test_files_that_no_finder_finds_are_told(settings: Any) -> None:
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (message,) = static_files.check_static_files_are_found(None)
    assert (message.id, message.hint) == ("oauth_provider.W119", f"Add {FINDER!r} to STATICFILES_FINDERS.")


def test_files_without_the_app_or_without_a_url_are_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STATIC_URL = None
    assert said(static_files.check_static_files_are_found) == ["W119"]
    monkeypatch.setattr(apps, "is_installed", lambda name: name != APP)
    (message,) = static_files.check_static_files_are_found(None)
    assert message.hint == f"Add {APP!r} to INSTALLED_APPS."
    assert said(static_files.check_static_files_are_collected) == []


def test_a_finder_that_cannot_be_made_is_left_to_django(settings: Any) -> None:
    settings.STATICFILES_FINDERS = ["gone.Finder"]
    assert said(static_files.check_static_files_are_found) == []


def test_files_that_nobody_can_have_collected_are_told(settings: Any) -> None:
    settings.STATIC_ROOT = None
    (message,) = static_files.check_static_files_are_collected(None)
    assert (message.id, "STATIC_ROOT is not set" in message.msg) == ("oauth_provider.W120", True)
    settings.DEBUG = True
    assert said(static_files.check_static_files_are_collected) == []


@pytest.mark.parametrize("backend", [PLAIN, MANIFEST])
def test_files_are_told_until_they_are_collected(settings: Any, tmp_path: Path, backend: str) -> None:
    settings.STATIC_ROOT = str(tmp_path / "collected")
    stored_by(settings, backend)
    assert said(static_files.check_static_files_are_collected) == ["W120"]
    call_command("collectstatic", interactive=False, verbosity=0)
    stored_by(settings, PLAIN)  # which forgets the manifest that was read
    stored_by(settings, backend)
    assert said(static_files.check_static_files_are_collected) == []
    (tmp_path / "collected" / FILES[0]).unlink()
    assert said(static_files.check_static_files_are_collected) == (["W120"] if backend == PLAIN else [])


def test_a_manifest_without_our_files_is_told(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    (tmp_path / ManifestStaticFilesStorage.manifest_name).write_text('{"paths": {}, "version": "1.1", "hash": ""}')
    stored_by(settings, MANIFEST)
    (message,) = static_files.check_static_files_are_collected(None)
    assert "Missing staticfiles manifest entry for 'oauth_provider/oauth.css'" in message.msg


def test_what_only_the_network_could_tell_is_not_told(settings: Any) -> None:
    stored_by(settings, BUCKET)
    assert said(static_files.check_static_files_are_collected) == []
    stored_by(settings, PLAIN)
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS = None, True
    assert said(static_files.check_static_files_are_collected) == []


def test_nothing_is_said_without_our_pages_or_while_tests_run(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STATIC_ROOT, urls = None, settings.ROOT_URLCONF
    settings.STATICFILES_FINDERS, settings.ROOT_URLCONF = [], Root()
    assert said(static_files.check_static_files_are_found) == []
    assert said(static_files.check_static_files_are_collected) == []
    settings.ROOT_URLCONF = urls
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    assert said(static_files.check_static_files_are_collected) == []
