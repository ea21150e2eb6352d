"""Checks of the login page (RFC 6749 §3.1): people get there, and it can be shown."""

from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView
from django.urls import include, path, re_path, reverse_lazy
from django.utils.translation import override
from django.views.generic import TemplateView

from oauth_provider.checks import login
from tests.checks.messages import said
from tests.checks.urlconf import Root
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "3.1")

OURS = path("", include("oauth_provider.urls"))
GOOD = "admin/login.html"


@pytest.fixture(autouse=True)
def _slashes(settings: Any) -> None:
    """Django's default."""
    settings.APPEND_SLASH = True


def show(request: Any) -> Any:
    raise AssertionError("A check calls nothing.")


def at(route: str, view: Any = show) -> Root:
    return Root(OURS, path(route, view, name="enter"))


@each(
    ("written", "root"),
    [
        ("/accounts/login/", at("accounts/login/")),
        ("enter", at("accounts/login/")),
        (reverse_lazy("enter"), at("accounts/login/")),
        ("/accounts/login/?theme=dark", at("accounts/login/")),
        ("/accounts/login", at("accounts/login/")),  # CommonMiddleware appends the slash
        ("login/", at("oauth/login/")),  # as a browser finds it, from /oauth/authorize
        ("https://id.example.org/login", Root(OURS)),
        ("//id.example.org/login", Root(OURS)),
        ("https://auth.example.com/login/", at("login/")),
        ("/anywhere", Root(OURS, re_path("", show))),
        ("/nowhere/", Root()),  # nobody is sent there
    ],
)
def test_a_login_page_that_is_served_or_somebody_elses_is_fine(settings: Any, written: Any, root: Root) -> None:
    settings.LOGIN_URL, settings.ROOT_URLCONF = written, root
    assert said(login.check_login_url) == said(login.check_login_template) == []


@each("written", ["entrance", "admin:entrance", None, 7, ""])
def test_a_name_of_no_page_is_an_error(settings: Any, written: Any) -> None:
    settings.LOGIN_URL, settings.ROOT_URLCONF = written, at("accounts/login/")
    assert said(login.check_login_url) == ["E111"]
    assert said(login.check_login_template) == []
    assert "include(oauth.accounts)" in str(login.check_login_url(None)[0].hint)


@each("written", ["/accounts/login/", "https://auth.example.com/accounts/login/", "/", "/login.html"])
def test_a_path_where_nothing_is_served_is_told(settings: Any, written: str) -> None:
    settings.LOGIN_URL, settings.ROOT_URLCONF = written, at("sign-in/")
    assert said(login.check_login_url) == ["W111"]
    assert said(login.check_login_template) == []


def test_a_path_without_its_first_slash_is_told_with_the_slash(settings: Any) -> None:
    settings.LOGIN_URL, settings.ROOT_URLCONF = "accounts/login/", at("accounts/login/")
    (message,) = login.check_login_url(None)
    assert message.id == "oauth_provider.W111"
    assert "at /oauth/accounts/login/" in message.msg
    assert str(message.hint).startswith('Begin it with a slash: LOGIN_URL = "/accounts/login/". ')


def test_a_path_is_not_completed_where_django_completes_none(settings: Any) -> None:
    settings.LOGIN_URL, settings.ROOT_URLCONF, settings.APPEND_SLASH = "/login", at("login/"), False
    assert said(login.check_login_url) == ["W111"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_path_may_have_the_language_before_it(settings: Any, language: str) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    settings.LOGIN_URL = "/accounts/login/"
    settings.ROOT_URLCONF = Root(OURS, *i18n_patterns(path("accounts/login/", show)))
    with override(language):
        assert said(login.check_login_url) == []


def test_a_site_below_a_prefix_is_no_other_site(settings: Any) -> None:
    from django.urls import set_script_prefix

    settings.LOGIN_URL, settings.ROOT_URLCONF = "/shop/accounts/login/", at("accounts/login/")
    assert said(login.check_login_url) == ["W111"]
    set_script_prefix("/shop/")
    try:
        assert said(login.check_login_url) == []
    finally:
        set_script_prefix("/")


def method_of_a_site(request: Any) -> Any:
    raise AssertionError("A check calls nothing.")


class Chooses(TemplateView):
    def get_template_names(self) -> list[str]:
        raise AssertionError("A check calls nothing.")


@each(
    "view",
    [
        LoginView.as_view(template_name=GOOD),
        type("Own", (LoginView,), {"template_name": GOOD}).as_view(),
        Chooses.as_view(),
        method_of_a_site,
    ],
)
def test_a_page_with_a_template_or_with_none_to_be_known_is_fine(settings: Any, view: Any) -> None:
    settings.LOGIN_URL, settings.ROOT_URLCONF = "/login/", at("login/", view)
    assert said(login.check_login_template) == []


@each(
    "view",
    [
        LoginView.as_view(template_name="gone.html"),
        type("Own", (LoginView,), {"template_name": "gone.html"}).as_view(),
        TemplateView.as_view(template_name="gone.html"),
    ],
)
def test_a_page_without_its_template_is_an_error(settings: Any, view: Any) -> None:
    settings.LOGIN_URL, settings.ROOT_URLCONF = "/login/", at("login/", view)
    assert said(login.check_login_template) == ["E112"]
    assert "gone.html does not exist" in login.check_login_template(None)[0].msg


def test_a_template_that_cannot_be_parsed_is_an_error(settings: Any) -> None:
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {}}
    engine["OPTIONS"]["loaders"] = [("django.template.loaders.locmem.Loader", {"login.html": "{% if %}"})]  # type: ignore[index]
    settings.TEMPLATES = [engine]
    settings.LOGIN_URL, settings.ROOT_URLCONF = "/login/", at("login/", LoginView.as_view(template_name="login.html"))
    assert said(login.check_login_template) == ["E112"]
    assert "cannot be parsed: " in login.check_login_template(None)[0].msg
