"""Lists of the admin are found by indexes: no page reads a whole table of sign-ins, however long it is (PostgreSQL)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.admin.population import Size, populate
from oauth_provider.admin.lists import search
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import AuditEvent, Authorization, Consent
from tests.admin.operators import operator, url

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

SIZE = Size(clients=400, sign_ins=4000)
LISTS = {
    "authorization": Authorization,
    "consent": Consent,
    "access_token": access_token_model(),
    "audit_event": AuditEvent,
}
each = pytest.mark.parametrize("name", LISTS)


@pytest.fixture
def _populated() -> None:
    populate(SIZE)


def scans(plan: Any) -> Iterator[tuple[str, str]]:
    """Each table that a plan reads, and how."""
    if "Relation Name" in plan:
        yield plan["Relation Name"], plan["Node Type"]
    for part in plan.get("Plans", ()):
        yield from scans(part)


def plans(model: Any, query: dict[str, str]) -> list[tuple[str, str]]:
    """How each statement of a list reads the rows that it lists."""
    browser, table = operator(), model._meta.db_table
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(url(model, "changelist"), query)
    assert response.context["cl"].result_list
    read = [one["sql"] for one in captured.captured_queries if f'FROM "{table}"' in one["sql"]]
    assert read
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        # Few rows are read faster one after the other: what is asked is whether an index could find them.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in read:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
            answer = cursor.fetchone()[0]
            plan = answer if isinstance(answer, list) else json.loads(answer)
            # What is counted ends at so many rows, and may read them in any order.
            if "COUNT(*)" not in statement:
                found += [one for one in scans(plan[0]["Plan"]) if one[0] == table]
    return found


@each
@pytest.mark.usefixtures("_populated")
def test_the_first_page_and_one_deep_inside_are_found_by_the_key(name: str) -> None:
    model = LISTS[name]
    middle = model.objects.order_by("pk")[SIZE.sign_ins // 2].pk
    for query in ({}, {"_after": str(middle)}, {"_before": str(middle)}, {"_before": ""}):
        assert {how for _table, how in plans(model, query)} == {"Index Scan"}, query


@each
@pytest.mark.usefixtures("_populated")
def test_what_a_search_means_is_found_by_an_index(name: str) -> None:
    person, client = get_user_model().objects.get(pk__gt=0, username__endswith=".77"), application_model()
    application = client.objects.get(name__endswith=" 77")
    for term in (person.get_username(), application.name, application.client_id):
        how = {how for _table, how in plans(LISTS[name], {"q": term})}
        assert how, term
        assert how <= {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}, term


@pytest.mark.usefixtures("_populated")
def test_a_term_that_many_share_joins_names_only_to_the_rows_of_the_page(monkeypatch: Any) -> None:
    monkeypatch.setattr(search, "MAX_KEYS", 5)
    with CaptureQueriesContext(connection) as captured:
        response = operator().get(url(Authorization, "changelist"), {"q": "Photo"})
    assert len(response.context["cl"].result_list) == 50
    (page,) = [one["sql"] for one in captured.captured_queries if one["sql"].count('"redirect_uri"')]
    inner = page.partition(" IN (SELECT")[2]
    assert "LIMIT 51" in inner
    assert '"auth_user"' not in inner.partition("LIMIT 51")[0]
