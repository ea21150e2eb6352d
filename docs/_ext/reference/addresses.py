"""The reference of the URLs: each path that a project may include, with its name and what answers it."""

import inspect
import re
from collections.abc import Sequence
from typing import Any

from django.urls import URLPattern, URLResolver

from docs._ext.reference import words


def table(patterns: Sequence[URLPattern | URLResolver]) -> str:
    """Return a table of URL patterns, in the order in which Django tries them."""
    rows = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            rows.append([f"`{path(pattern)}`", f"`{pattern.name}`" if pattern.name else "", _what(pattern.callback)])
    return words.table(["path", "name", ""], rows)


def path(pattern: URLPattern) -> str:
    """Return the path as people write it: no regular expression, and a slash at its beginning."""
    text = str(pattern.pattern)
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text).replace("\\.", ".")
    return "/" + text.removeprefix("^").removesuffix("$").rstrip("?").removesuffix("/")


def _what(view: Any) -> str:
    """Return what the module of a view says of itself in its first paragraph."""
    module = inspect.getmodule(inspect.unwrap(getattr(view, "view_class", view)))
    return words.markdown((module.__doc__ or "").split("\n\n")[0]) if module else ""
