"""Checks of the login page (RFC 6749 §3.1): ``LOGIN_URL`` leads to a page of this site that can be shown."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.shortcuts import resolve_url
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import select_template
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse
from django.utils.translation import get_language
from django.views.generic.base import TemplateResponseMixin

from oauth_provider.checks.registration import register
from oauth_provider.checks.urls import is_mounted
from oauth_provider.conf import provider_settings

AUTHORIZE = "oauth_provider:authorize"
MAKE_ONE = (
    'add path("accounts/", include(oauth.accounts)) to the project\'s root urlpatterns, with '
    '"from oauth_provider import urls as oauth"'
)


@register(Tags.urls)
def check_login_url(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E111: ``LOGIN_URL`` is the name of no URL pattern. W111: nothing of this site is served there.

    Without a login page nobody can sign in to any client. One at another host is somebody else's.
    """
    if not is_mounted(AUTHORIZE):
        return []
    page = _login_page()
    if page is None:
        return [
            Error(
                f"LOGIN_URL is {settings.LOGIN_URL!r}, which is no URL and no name of one: nobody can sign in.",
                hint=f"Name the URL pattern of your login page, or give its path. If you have none, {MAKE_ONE}.",
                id="oauth_provider.E111",
            )
        ]
    if not _is_of_this_site(page) or any(_view_at(path) for path in _paths_of(page)):
        return []
    written = str(settings.LOGIN_URL)
    is_relative = page.path.endswith(written) and not written.startswith("/")
    begin = f'Begin it with a slash: LOGIN_URL = "/{written}". ' if is_relative else ""
    return [
        Warning(
            f"LOGIN_URL is {written!r}, and this site serves nothing at {page.path}: nobody can sign in.",
            hint=f"{begin}Let it be the path of your login page. If you have none, {MAKE_ONE}.",
            id="oauth_provider.W111",
        )
    ]


@register(Tags.urls)
def check_login_template(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E112: the template of the login page does not exist, or cannot be parsed."""
    page = _login_page() if is_mounted(AUTHORIZE) else None
    if page is None or not _is_of_this_site(page):
        return []
    view = next(filter(None, map(_view_at, _paths_of(page))), None)
    names = _templates_of(view)
    try:
        if names:
            select_template(names)
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        return [
            Error(
                f"The login page at {page.path} cannot be shown: the template {', '.join(names)} "
                f"{'does not exist' if isinstance(error, TemplateDoesNotExist) else f'cannot be parsed: {error}'}.",
                hint=f"Make the template in one of the directories of TEMPLATES. Or, for a page of ours, {MAKE_ONE}, "
                'with "APP_DIRS": True.',
                id="oauth_provider.E112",
            )
        ]
    return []


def _login_page() -> SplitResult | None:
    """Return the URL of the login page, as a browser at the authorization endpoint finds it; None for no URL."""
    try:
        return urlsplit(urljoin(reverse(AUTHORIZE), str(resolve_url(settings.LOGIN_URL))))
    except (NoReverseMatch, TypeError, ValueError):
        return None


def _is_of_this_site(page: SplitResult) -> bool:
    return page.netloc in ("", urlsplit(provider_settings.ISSUER or "").netloc)


def _paths_of(page: SplitResult) -> Iterator[str]:
    """Yield the paths by which this site may answer: with the slash, and the language, that middleware adds."""
    path = page.path.removeprefix(get_script_prefix().rstrip("/"))
    yield path
    if settings.APPEND_SLASH and not path.endswith("/"):
        yield f"{path}/"
    if is_language_prefix_patterns_used(settings.ROOT_URLCONF)[0]:
        yield f"/{get_language() or settings.LANGUAGE_CODE}{path}"


def _view_at(path: str) -> Any:
    try:
        return resolve(path).func
    except Resolver404:
        return None


def _templates_of(view: Any) -> list[str]:
    """Return the templates that a view is shown by; none where only a request could tell."""
    cls = getattr(view, "view_class", None)
    if not isinstance(cls, type) or not issubclass(cls, TemplateResponseMixin):
        return []
    if cls.get_template_names is not TemplateResponseMixin.get_template_names:
        return []
    name = getattr(view, "view_initkwargs", {}).get("template_name", cls.template_name)
    return [name] if isinstance(name, str) else []
