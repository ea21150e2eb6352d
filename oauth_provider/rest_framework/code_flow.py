"""Complete code flow for tests (RFC 6749 §4.1, RFC 7636): in this process, or over HTTP against a live server."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from oauth_provider.protocol.pkce import s256

FORM = "application/x-www-form-urlencoded"
# The fields of the consent page that are answered as they stand; of several contexts the first is chosen.
FIELD = re.compile(r'name="(csrfmiddlewaretoken|context)" value="([^"]+)"')
# What may be left out: each has a box, and all of them are ticked.
BOX = re.compile(r'type="checkbox" name="scope" value="([^"]+)"')
TIMEOUT = 30
# By name: an API that stands alone has no provider, and its tests none of its settings.
PROVIDER, PROVIDER_SETTINGS = "oauth_provider", "OAUTH_PROVIDER"
ISSUER = "https://issuer.test"


@contextmanager
def given_issuer() -> Iterator[None]:
    """Let the provider of this project be ``ISSUER`` where the project sets none, as under a test runner.

    Those turn ``DEBUG`` off, and then nothing is believed about the address that was called.
    """
    options = getattr(settings, PROVIDER_SETTINGS, {})
    if settings.DEBUG or options.get("ISSUER") or not apps.is_installed(PROVIDER):
        yield
        return
    with override_settings(**{PROVIDER_SETTINGS: {**options, "ISSUER": ISSUER}}):
        yield


class Browser(Protocol):
    """Browser of a person who is signed in. It follows no redirect."""

    def get(self, path: str, query: Mapping[str, str]) -> Any:
        """Return the response of a page."""

    def decide(self, path: str, choices: Mapping[str, str]) -> Any:
        """Allow the request on the consent page at ``path``, with ``choices``, and return the response."""

    def send(self, path: str, form: Mapping[str, str]) -> Any:
        """Send a form as the client, not as the browser, and return the response."""


class InProcess:
    """``Browser`` over Django's test client."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str, query: Mapping[str, str]) -> Any:
        """Return the response to GET."""
        return self.client.get(path, dict(query))

    def decide(self, path: str, choices: Mapping[str, str]) -> Any:
        """Read the page, and send its form. The test client needs no CSRF token."""
        return self.client.post(path, {**allowed(self.client.get(path).content.decode()), **choices})

    def send(self, path: str, form: Mapping[str, str]) -> Any:
        """Return the response to POST."""
        return self.client.post(path, urlencode(form), content_type=FORM)


class Live:
    """``Browser`` over HTTP, for a server on the same database, such as pytest-django's ``live_server``."""

    def __init__(self, user: Any, url: str) -> None:
        signed_in = Client()
        signed_in.force_login(user)
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        name = settings.SESSION_COOKIE_NAME
        self.session.cookies.set(name, signed_in.cookies[name].value, domain=_cookie_domain(url))

    def get(self, path: str, query: Mapping[str, str]) -> Any:
        """Return the response to GET."""
        return self._request("GET", path, params=query)

    def decide(self, path: str, choices: Mapping[str, str]) -> Any:
        """Read the page, and send its form."""
        page = self._request("GET", path)
        form = {**allowed(page.text), **choices}
        return self._request("POST", path, data=form, headers={"Referer": page.url})

    def send(self, path: str, form: Mapping[str, str]) -> Any:
        """Return the response to POST, sent without the browser's cookies."""
        with requests.Session() as client:
            client.trust_env = False
            return client.post(urljoin(self.url, path), data=dict(form), timeout=TIMEOUT, allow_redirects=False)

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, urljoin(self.url, path), timeout=TIMEOUT, allow_redirects=False, **options)


def allowed(page: str) -> dict[str, str]:
    """Return the form of a consent ``page`` with a yes to everything."""
    fields = {name: unescape(value) for name, value in reversed(FIELD.findall(page))}
    return {**fields, "scope": " ".join(map(unescape, BOX.findall(page))), "decision": "allow"}


def run_code_flow(
    application: Any,
    user: Any,
    *,
    scope: str,
    client_secret: str = "",
    live_url: str = "",
    choices: Mapping[str, str] | None = None,
    **parameters: str,
) -> dict[str, Any]:
    """Sign ``user`` in, allow everything, redeem the code, and return the token response of this project's provider.

    ``application`` is a row of the client registry; its first redirect URI is used. ``live_url`` is the address of
    a live server on the same database; without it Django's test client is used. ``parameters`` are added to the
    authorization request; ``resource`` goes to the token request too (RFC 8707 §2.2), and without ``context`` the
    first one is chosen. ``choices`` are what the person enters in the forms of authorization details, by the names of
    the fields: ``{"detail-0-album": "7"}``. In a project that sets no ``ISSUER`` the tokens are those of ``https://issuer.test``.
    """
    with given_issuer():
        browser: Browser = Live(user, live_url) if live_url else InProcess(user)
        said: dict[str, Any] = {"scope": scope, "client_secret": client_secret, "parameters": parameters}
        return _run(browser, application, **said, choices=choices or {})


def _run(
    browser: Browser,
    application: Any,
    *,
    scope: str,
    client_secret: str,
    parameters: dict[str, str],
    choices: Mapping[str, str],
) -> dict[str, Any]:
    code_verifier = secrets.token_urlsafe(32)
    redirect_uri = parameters.setdefault("redirect_uri", application.redirect_uris.split()[0])
    request = {
        "response_type": "code",
        "client_id": application.client_id,
        "scope": scope,
        "state": secrets.token_urlsafe(16),
        "code_challenge": s256(code_verifier),
        "code_challenge_method": "S256",
    } | parameters
    response = browser.get(reverse("oauth_provider:authorize"), request)
    if not response.headers.get("Location", redirect_uri).startswith(redirect_uri):
        response = browser.decide(response.headers["Location"], choices)
    answer = {
        name: values[0] for name, values in parse_qs(urlsplit(response.headers.get("Location", "")).query).items()
    }
    assert "code" in answer, f"No code came of it: {answer or response.content!r}"
    assert answer["state"] == request["state"]
    form = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": code_verifier}
    form |= {"redirect_uri": redirect_uri, "client_id": application.client_id}
    form |= {"client_secret": client_secret} if client_secret else {}
    form |= {"resource": parameters["resource"]} if "resource" in parameters else {}
    tokens: dict[str, Any] = browser.send(reverse("oauth_provider:token"), form).json()
    assert "access_token" in tokens, tokens
    return tokens


def _cookie_domain(url: str) -> str:
    """Return the host of ``url`` as ``http.cookiejar`` writes it: ``.local`` is added to a name without a dot."""
    host = urlsplit(url).hostname or ""
    return host if "." in host else f"{host}.local"
