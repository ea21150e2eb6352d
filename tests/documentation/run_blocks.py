"""Runs within a project of a page: Django's checks, every view that was pasted, and the blocks that are no file.

Reads a job from standard input as JSON. A failure is a traceback whose lines are those of the page, and an exit status.
"""

import ast
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import django
from django.core.checks import CheckMessage, Warning, run_checks
from django.test import Client
from django.urls import clear_url_caches, get_urlconf, path, set_urlconf

GUARDS = ("OAuthAuthentication", "HasScopes", "requires_scopes", "RequiresScopesMixin", "OAuth(")


def main() -> None:
    """Do what the job asks for; raise at the first thing that is not as the page says."""
    job = json.load(sys.stdin)
    django.setup()
    modules = [importlib.import_module(name) for name in job["modules"]]
    with_views = [module for module in modules if module.__name__.endswith("views")]
    mount([view for module in with_views for view in views_of(module)])
    judge(run_checks(), set(job["expected"]))
    for module in with_views:
        ask(module)
    kept: dict[str, Any] = {}
    for block in job["blocks"]:
        kept = run(block["source"], block["page"], block["line"], kept)


def judge(messages: list[CheckMessage], expected: set[str]) -> None:
    """Raise unless the checks of the project found exactly what the page says that they find."""
    found = {str(message.id).partition(".")[2]: message for message in messages if message.level >= Warning("").level}
    if set(found) != expected:
        told = "\n".join(f"{message}" for message in found.values())
        raise SystemExit(f"the checks should find {sorted(expected)}, and found {sorted(found)}:\n{told}")


def views_of(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each view that ``module`` defines, with a name for its path."""
    from django.views import View

    for name, found in list(vars(module).items()):
        if getattr(found, "__module__", "") != module.__name__ or name.startswith("_"):
            continue
        if isinstance(found, type) and issubclass(found, View):
            yield name, found.as_view(*_actions(found))
        elif callable(found) and not isinstance(found, type) and _takes_request(found):
            yield name, found


def _actions(view: type) -> list[dict[str, str]]:
    if not hasattr(view, "get_extra_actions"):
        return []
    standard = {"get": "list", "post": "create", "put": "update", "patch": "partial_update", "delete": "destroy"}
    return [{method: action for method, action in standard.items() if hasattr(view, action)}]


def _takes_request(function: Any) -> bool:
    inner = getattr(function, "__wrapped__", function)
    names = getattr(getattr(inner, "__code__", None), "co_varnames", ())
    return hasattr(function, "cls") or names[:1] == ("request",)


def mount(views: list[tuple[str, Callable[..., Any]]]) -> None:
    """Add the views to the project's URLs, where its guards are looked at and where they can be called."""
    from django.conf import settings

    root = importlib.import_module(settings.ROOT_URLCONF)
    root.urlpatterns += [path(f"_pasted/{name}/", view, name=f"pasted-{name}") for name, view in views]
    clear_url_caches()
    set_urlconf(get_urlconf())


def ask(module: ModuleType) -> None:
    """Call each view that was pasted: nobody gets in without a token where it is guarded, and none answers 500."""
    text = Path(str(module.__file__)).read_text()
    is_guarded = any(guard in text for guard in GUARDS)
    for name, _view in views_of(module):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(f"/_pasted/{name}/")
            if answer.status_code >= 500 or (is_guarded and answer.status_code < 300):
                raise SystemExit(f"{name} answers {answer.status_code} to a {method.upper()} without a token")


def run(source: str, page: str, line: int, kept: dict[str, Any]) -> dict[str, Any]:
    """Execute one block. It sees what blocks before it assigned, and none of their imports. Return what it leaves."""
    from tests.documentation.blocks import assigned

    namespace = {"__name__": "block", **kept}
    tree = ast.parse(source, page)
    ast.increment_lineno(tree, line - 1)
    exec(compile(tree, page, "exec"), namespace)
    return {name: value for name, value in namespace.items() if name in kept or name in assigned(source)}


if __name__ == "__main__":
    main()
