"""Operators: people with the admin open, who may do everything or just what is named."""

import re
from html import unescape
from typing import Any
from unittest.mock import patch

from django.contrib.auth.models import Permission
from django.template.response import SimpleTemplateResponse
from django.test import Client as Browser
from django.urls import reverse

from oauth_provider.dot.names import application_model
from tests.factories import UserFactory

SECRET = re.compile(r"ocs_[0-9A-Za-z]{49}")
# In the address of a client's page: those fields, too, that its kind does not have.
EVERY_FIELD = "?every_field"
DRAFT = re.compile(r'name="draft" value="([^"]+)"')


def operator(*permissions: str, **options: Any) -> Browser:
    """A browser in which a member of staff is signed in; without ``permissions`` (``app.codename``), a superuser."""
    user = UserFactory(is_staff=True, is_superuser=not permissions)
    for permission in permissions:
        label, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    browser = Browser(**options)
    browser.force_login(user)
    browser.operator = user  # type: ignore[attr-defined]
    return browser


def url(row: Any, view: str = "change", *more: Any) -> str:
    """The page of a row; for a model, its list or its form to add."""
    opts = row._meta
    arguments = [] if isinstance(row, type) else [row.pk]
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{view}", args=[*arguments, *more])


def add_url() -> str:
    """The form for a new client."""
    return url(application_model(), "add")


def new_client(browser: Browser, **changes: Any) -> dict[str, Any]:
    """A filled form for a new client, as the page has it; a change to None leaves a field out."""
    page = browser.get(add_url()).content.decode()
    form = {
        "name": "Photo Book",
        "kind": "web",
        "redirect_uris": "https://photos.example.com/callback",
        "allowed_origins": "",
        "scopes": ["notes:read"],
        "draft": unescape(DRAFT.search(page)[1]),  # type: ignore[index]
    } | changes
    return {name: value for name, value in form.items() if value is not None}


def form_of(browser: Browser, application: Any, **changes: Any) -> dict[str, Any]:
    """The form of a client as its page has it, with ``changes``; None leaves a field out."""
    with patch.object(SimpleTemplateResponse, "render", _without_html):
        context = browser.get(url(application)).context_data  # type: ignore[attr-defined]
    form = context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    for inline in context["inline_admin_formsets"]:
        for part in (inline.formset.management_form, *inline.formset.forms):
            values |= {part.add_prefix(name): part[name].value() for name in part.fields}
    values |= changes
    return {name: value for name, value in values.items() if value is not None and value is not False}


def _without_html(response: Any) -> Any:
    """Two hundred templates make the page of a client, and nobody reads this one."""
    response.content = b""
    return response


def errors_of(response: Any) -> dict[str, str]:
    """What a form says beside each field, as HTML."""
    return {name: str(errors) for name, errors in response.context["adminform"].form.errors.items()}
