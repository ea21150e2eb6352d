"""``each``: a test that goes over its cases in one go, where ``parametrize`` sets everything up anew for every one.

It reads as ``pytest.mark.parametrize`` does and stands where that would. Every case finds what the fixtures left: rows,
settings, patches, the driver's cookies and what this process remembers are as before the first. All cases run, and
those that fail are named.

Where a fixture is changed otherwise (a list that fills, a clock that is set, a log that is read) or commits, use
``parametrize``.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest
from django.core import mail
from django.db import connections
from django.db.models import Model
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from oauth_provider.resource_server.conf import forget_verifiers
from tests import memory
from tests.driver import Driver

Test = Callable[..., None]
OWN = (Driver, Browser, Model)
LONGEST = 100


class Case(NamedTuple):
    """Arguments of a test; ``said`` are those that its name is made of, or the name that they were given."""

    said: tuple[Any, ...]
    arguments: dict[str, Any]

    @property
    def name(self) -> str:
        """As pytest would call it, but for what is no text."""
        return "-".join(str(one)[:LONGEST] or "''" for one in self.said)


def each(names: str | tuple[str, ...], values: Iterable[Any], ids: Any = None) -> Callable[[Test], Test]:
    """Call the test once for each of ``values``, in the place of ``pytest.mark.parametrize``."""
    given = tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else tuple(names)
    cases = _cases(given, list(values), ids)

    def decorate(test: Test) -> Test:
        # Where another ``each`` stands below, one loop is for both.
        innermost, below = getattr(test, "_each", (test, [Case((), {})]))
        product = [
            Case(inner.said + outer.said, inner.arguments | outer.arguments) for outer in cases for inner in below
        ]
        signature = inspect.signature(test)
        fixtures = [parameter for name, parameter in signature.parameters.items() if name not in given]
        assert len(fixtures) == len(signature.parameters) - len(given), f"{test.__name__} does not take {given}"

        def run(**arguments: Any) -> None:
            _run_all(innermost, product, arguments)

        functools.update_wrapper(run, test)
        run._each = (innermost, product)  # type: ignore[attr-defined]  # a function holds what it is given
        run.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]  # what pytest reads
        return run

    return decorate


def _cases(names: tuple[str, ...], values: list[Any], ids: Any) -> list[Case]:
    assert values, "there is nothing to go over"
    rows = values if len(names) > 1 else [(value,) for value in values]
    if ids is None:
        said = rows
    elif callable(ids):
        said = [tuple(map(ids, row)) for row in rows]
    else:
        said = [(one,) for one in ids]
    return [Case(tuple(name), dict(zip(names, row, strict=True))) for name, row in zip(said, rows, strict=True)]


def _run_all(test: Test, cases: list[Case], fixtures: dict[str, Any]) -> None:
    failed: list[BaseException] = []
    for case in cases:
        try:
            with ExitStack() as own:
                test(**_as_before(fixtures, own), **case.arguments)
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"The case is [{case.name}].")
            failed.append(error)
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise BaseExceptionGroup(f"{len(failed)} of {len(cases)} cases fail", failed)


def _as_before(fixtures: dict[str, Any], case: ExitStack) -> dict[str, Any]:
    """The fixtures for one case, whose traces are gone when ``case`` is closed."""
    memory.forget()
    forget_verifiers()
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            case.enter_context(_taken_back(connection))
    sent = getattr(mail, "outbox", None)
    if sent is not None:
        case.callback(sent.__setitem__, slice(None), list(sent))
    shared: dict[int, Any] = {}
    return {name: _own(fixture, case, shared) for name, fixture in fixtures.items()}


@contextmanager
def _taken_back(connection: Any) -> Iterator[None]:
    """As Django's ``TestCase`` ends: constraints hold, and nothing stays. No ``atomic``, which code could see."""
    savepoint, waiting = connection.savepoint(), len(connection.run_on_commit)
    try:
        yield
        if not connection.needs_rollback:
            connection.check_constraints()
    finally:
        connection.needs_rollback = False
        connection.savepoint_rollback(savepoint)
        del connection.run_on_commit[waiting:]


def _own(fixture: Any, case: ExitStack, shared: dict[int, Any]) -> Any:
    """This fixture for one case; those that share an object go on to."""
    if isinstance(fixture, Settings):
        settings = Settings(_is_pytest_django=True)
        case.callback(settings._finalize)
        return settings
    if isinstance(fixture, pytest.MonkeyPatch):
        patch = pytest.MonkeyPatch()
        case.callback(patch.undo)
        return patch
    if isinstance(fixture, Driver):
        _own(fixture.browser, case, shared)
    if isinstance(fixture, Browser) and id(fixture) not in shared:
        browser = copy.copy(fixture)
        browser.cookies = copy.deepcopy(fixture.cookies)
        shared[id(fixture)] = browser
    return copy.deepcopy(fixture, shared) if isinstance(fixture, OWN) else fixture
