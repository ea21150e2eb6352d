"""An app of the portal with its team, and browsers of people."""

import re
from html import unescape
from typing import Any

from django.test import Client as Browser

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.new_client import register_with_secret
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.models import ClientMember
from oauth_provider.models.client import Client
from tests.factories import CALLBACK, UserFactory

OPEN: dict[str, Any] = {"PORTAL": {"IS_OPEN": True, "REVIEW_SCOPES": ["notes:write"]}}
APPS = "/oauth/apps"


def open_portal(settings: Any, **changes: Any) -> None:
    """Open the door."""
    portal = {**OPEN["PORTAL"], **changes}
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "REGISTRATION": {"PORTAL": portal}}


def browser_of(user: Any) -> Browser:
    """Return a browser in which ``user`` is signed in, and which sends no forms without their tokens."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(user)
    return browser


def register(owner: Any, kind: str = "web", **given: Any) -> Client:
    """Register an app as the portal does."""
    given = {"client_name": "Photo Book", "redirect_uris": (CALLBACK,), "scope": ("openid", "notes:read")} | given
    if kind in ("service", "api"):
        given |= {"redirect_uris": ()}
    metadata = Metadata.of_kind(KINDS[kind], **given)
    return register_with_secret(metadata, By(Door.PORTAL, owner), kind=KINDS[kind])[0]


def join(client: Client, role: str, user: Any = None) -> Any:
    """Put somebody into the team, and return them."""
    user = user or UserFactory()
    ClientMember.objects.create(application=client.application, user=user, role=role)
    return user


def url(client: Client, page: str = "") -> str:
    """Return the path of a page about ``client``."""
    return f"{APPS}/{client.client_id}/{page}"


def send(browser: Browser, path: str, **fields: Any) -> Any:
    """Open the page, then POST a form of it with these fields."""
    html = browser.get(path).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    hidden = {} if 'name="draft"' not in html else {"draft": hidden_value(html, "draft")}
    newest = {"newest": hidden_value(html, "newest")} if 'name="newest"' in html else {}
    return browser.post(path, {**hidden, **newest, "csrfmiddlewaretoken": token[1] if token else "", **fields})


def hidden_value(html: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None
    return unescape(found[1])


def problem(response: Any) -> str:
    """Return what the page says went wrong."""
    html = response.content.decode()
    parts = re.findall(r'class="(?:oa-warning oa-warning--strong|oa-problem)"[^>]*>(.*?)</(?:p|div)>', html, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", " ".join(parts))).split())
