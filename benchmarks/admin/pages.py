"""The pages that an operator opens, and what each costs."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import AuditEvent, Authorization, Consent, LogoutDelivery

LISTS: dict[str, type[Model]] = {
    "clients": application_model(),
    "sign-ins": Authorization,
    "consents": Consent,
    "access tokens": access_token_model(),
    "audit events": AuditEvent,
    "undelivered messages": LogoutDelivery,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its name, and the address that is asked for."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Cost:
    """SQL statements, milliseconds (the median and the worst), those of CPU on both sides, and kilobytes of a page.

    On a busy machine the clock says how busy it is, and the CPU time what the page costs.
    """

    name: str
    statements: int
    typical: float
    worst: float
    cpu: float
    size: float


def pages() -> Iterator[Page]:
    """Every page in its turn. The person and the client that are searched for are somewhere in the middle."""
    client: Any = _middle(application_model())
    person: Any = _middle(get_user_model())
    searches = {"a client": client.name, "a client id": client.client_id, "a person": person.get_username()}
    searches |= {"many clients": "Photo", "many people": "ana.", "nobody": "no such thing"}
    searches |= {
        "a person, many clients": f"{person.get_username()} Photo",
        "many people, a client": f"ana. {client.client_id}",
        "many people, many clients": "ana. Photo",
        "no person of many, many clients": "ana. Photo x",
    }
    yield Page("index", reverse("admin:index"))
    for name, model in LISTS.items():
        listing = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        yield Page(name, listing)
        yield Page(f"{name}, deep", f"{listing}{_deep(model)}")
        for whom, term in searches.items():
            yield Page(f"{name}, search: {whom}", f"{listing}?q={term}")
        change = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        yield Page(f"{name}, one", reverse(change, args=[_middle(model).pk]))
    application = f"admin:{client._meta.app_label}_{client._meta.model_name}"
    popular = application_model()._base_manager.order_by("pk")[1]
    yield Page("clients, one that everybody uses", reverse(f"{application}_change", args=[popular.pk]))
    yield Page("clients, suspend one that everybody uses", reverse(f"{application}_suspend", args=[popular.pk]))
    yield Page("clients, try a request", reverse(f"{application}_try"))
    yield Page("clients, who can call what", reverse(f"{application}_access"))
    yield Page("clients, who can call what: a scope", reverse(f"{application}_access") + "?scope=notes:read")
    yield Page("clients, add", reverse(f"{application}_add"))


def cost(browser: Browser, page: Page, times: int) -> Cost:
    """Ask for ``page`` so many times. Raises ``RuntimeError`` where it is not answered."""
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(page.address)
        statements = len(captured)
    if response.status_code != 200:
        raise RuntimeError(f"{page.address}: {response.status_code}")
    taken = []
    spent = _cpu_time()
    for _number in range(times):
        begun = time.perf_counter()
        browser.get(page.address)
        taken.append((time.perf_counter() - begun) * 1000)
    cpu = (_cpu_time() - spent) / times * 1000
    return Cost(page.name, statements, median(taken), max(taken), cpu, len(response.content) / 1000)


def _cpu_time() -> float:
    """Return the seconds that this process and its session of PostgreSQL have computed; the session's in hundredths."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()
    own = time.process_time()
    with suppress(OSError):  # it runs on another machine
        fields = Path(f"/proc/{session}/stat").read_text().rpartition(")")[2].split()
        own += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own


def _middle(model: type[Model]) -> Model:
    rows = model._base_manager.order_by("pk")
    return rows[rows.count() // 2]


def _deep(model: type[Model]) -> str:
    """Return the query of the page in the middle."""
    return f"?_after={_middle(model).pk}"
