"""Templates of the project in ``registration/``: shown wherever our app is listed, and ours where there are none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client as Browser

import oauth_provider
from oauth_provider.pages.login import LoginView
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

THEME = Path(__file__).parent / "theme"
PACKAGE = Path(oauth_provider.__file__).parent
APPS, FILES = "django.template.loaders.app_directories.Loader", "django.template.loaders.filesystem.Loader"
OURS, DJANGOS = "tests.flows.account.urls", "tests.flows.account.django_urls"
LOGIN, LOGOUT = "/accounts/login/", "/accounts/logout/"


@pytest.fixture(params=[OURS, DJANGOS])
def project(request: pytest.FixtureRequest, settings: Any) -> Any:
    settings.ROOT_URLCONF = request.param
    return settings


def loaders(settings: Any, *names: Any) -> None:
    """Let templates be found in that order: among those of apps, ours come before the theme's where ``APPS`` does."""
    (engine,) = settings.TEMPLATES
    options = {**engine["OPTIONS"], "loaders": list(names)}
    settings.TEMPLATES = [{**engine, "DIRS": [THEME], "APP_DIRS": False, "OPTIONS": options}]


@pytest.fixture
def goodbye() -> Iterator[Any]:
    browser = Browser()
    browser.force_login(UserFactory())
    yield lambda: browser.post(LOGOUT)
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize(
    "order", [(FILES, APPS), (APPS, FILES), (("django.template.loaders.cached.Loader", [APPS, FILES]),)], ids=repr
)
def test_the_login_page_of_the_project_is_shown_whatever_the_order(project: Any, order: Any) -> None:
    loaders(project, *order)
    page = Browser().get(LOGIN)
    html = page.content.decode()
    assert html.startswith("<h1>The project's own login</h1>")
    assert 'name="password"' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert not page.has_header("Content-Security-Policy")  # its scripts are its own affair


def test_one_of_an_app_behind_ours_is_shown(project: Any) -> None:
    """As among apps: one loader finds both, ours first."""
    loaders(project, FILES)
    project.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [PACKAGE / "templates", THEME]}]
    assert "The project's own login" in Browser().get(LOGIN).content.decode()


def test_one_of_another_template_engine_is_shown_by_our_view(settings: Any) -> None:
    settings.ROOT_URLCONF = OURS
    other = {"BACKEND": "django.template.backends.dummy.TemplateStrings", "DIRS": [THEME], "OPTIONS": {}}
    settings.TEMPLATES = [*settings.TEMPLATES, {**other, "APP_DIRS": False}]
    assert "The project's own login" in Browser().get(LOGIN).content.decode()


def test_a_class_of_the_project_that_names_its_template_has_its_way(rf: Any) -> None:
    class OwnLogin(LoginView):
        """By a method, as two sites in one project would."""

        def get_template_names(self) -> list[str]:
            return ["admin/login.html"]

    request = rf.get(LOGIN)
    request.session, request.user = Browser().session, AnonymousUser()
    assert "Django administration" in OwnLogin.as_view()(request).content.decode()


@pytest.mark.parametrize("order", [(FILES, APPS), (APPS, FILES)], ids=repr)
def test_ours_passes_over_the_page_of_the_admin_and_shows_the_one_of_the_project(
    settings: Any, goodbye: Any, order: Any
) -> None:
    settings.ROOT_URLCONF = OURS
    loaders(settings, *order)  # among apps, the admin's is found before ours in both
    assert "The project's own goodbye" in goodbye().content.decode()


def test_without_one_our_logged_out_page_is_shown_and_not_the_one_of_the_admin(settings: Any, goodbye: Any) -> None:
    settings.ROOT_URLCONF = OURS
    html = goodbye().content.decode()
    assert "You are logged out" in html
    assert "oa-card" in html
    assert f'href="{LOGIN}"' in html


def test_the_view_of_django_shows_what_it_showed_without_us(settings: Any, goodbye: Any) -> None:
    settings.ROOT_URLCONF = DJANGOS
    assert "Django administration" in goodbye().content.decode()  # the admin's, which is in front of ours


def test_where_no_other_app_has_one_the_view_of_django_shows_ours(settings: Any) -> None:
    settings.ROOT_URLCONF = DJANGOS
    html = Browser().get(f"{LOGIN}?next=/somewhere/").content.decode()
    assert "oa-card" in html
    assert 'name="next" value="/somewhere/"' in html


def test_a_template_that_a_project_names_to_our_view_is_the_one_shown(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.flows.login_urls"
    page = Browser().get(LOGIN)
    assert "Django administration" in page.content.decode()
    assert not page.has_header("Content-Security-Policy")
