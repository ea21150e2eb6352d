"""Integration with django-cors-headers: its middleware answers every preflight and asks here first (Fetch §3.2).

A view that may be read across origins says from which. Its own responses carry the headers; only preflights do not
reach it.
"""

import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from oauth_provider.protocol.cors import ANYONE

MAY_READ = "may_be_read_from"
# What the middleware takes where the project says nothing.
EVERY_URL = r"^.*$"

View = TypeVar("View", bound=Callable[..., Any])


def readable(view: View, may_read: Callable[[str], bool]) -> View:
    """Mark ``view`` as readable by scripts of the origins for which ``may_read`` returns true, and return it."""
    setattr(view, MAY_READ, may_read)
    return view


def from_anywhere(origin: str) -> bool:
    """May any origin read it? For public documents."""
    return bool(origin) and origin != ANYONE


def connect() -> None:
    """Connect to the signal of django-cors-headers, where that is installed."""
    if is_installed():
        signals = import_module("corsheaders.signals")
        signals.check_request_enabled.connect(allows_preflight, dispatch_uid="oauth_provider.cors")


def is_installed() -> bool:
    """Is django-cors-headers installed?"""
    return find_spec("corsheaders") is not None


def allows_preflight(sender: Any, request: HttpRequest, **kwargs: Any) -> bool:
    """Is this a preflight of a view of ours that the middleware will answer, from an origin that may read the view?

    Where ``CORS_URLS_REGEX`` leaves our URLs out the answer is no, and the view itself answers, with more headers.
    """
    if request.method != "OPTIONS" or not re.match(urls_regex(), request.path_info):
        return False
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    may_read: Callable[[str], bool] | None = getattr(view, MAY_READ, None)
    return may_read is not None and may_read(request.headers.get("Origin", ""))


def urls_regex() -> Any:
    """Return the pattern of the URLs whose preflights the middleware answers."""
    return getattr(settings, "CORS_URLS_REGEX", EVERY_URL)
