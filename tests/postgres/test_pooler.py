"""A pooler that does not know prepared statements is seen before it runs the wrong ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections

from oauth_provider.checks.pooler import check_pooler, judge
from oauth_provider.sql.pooler import Seen
from tests.pooler import behind, pgbouncer


def numbers(messages: Any) -> list[str]:
    assert all(message.hint for message in messages)
    return [message.id.removeprefix("oauth_provider.") for message in messages]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Seen(is_pooled=False, is_aware=False, is_shared=False), []),
        (Seen(is_pooled=True, is_aware=True, is_shared=True), []),
        (Seen(is_pooled=True, is_aware=False, is_shared=False), ["W092"]),
        (Seen(is_pooled=True, is_aware=False, is_shared=True), ["E092"]),
    ],
)
def test_only_a_pooler_that_mixes_statements_up_is_refused(seen: Seen, expected: list[str]) -> None:
    assert numbers(judge("default", seen)) == expected


@pytest.fixture(params=["transaction", "session"])
def pooled(request: Any, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """PgBouncer in front of the tests' database; how it pools, and its port."""
    with pgbouncer(tmp_path, pool_mode=request.param) as port:
        yield request.param, port


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("connections")
class TestLooking:
    """At a server that is there."""

    def test_a_server_that_is_asked_directly_has_no_pooler(self, monkeypatch: pytest.MonkeyPatch) -> None:
        behind(monkeypatch, OPTIONS={"prepare_threshold": 5})
        assert numbers(check_pooler(None, databases=["default"])) == []

    def test_an_old_pooler_is_refused_where_it_shares_sessions(
        self, monkeypatch: pytest.MonkeyPatch, pooled: tuple[str, int]
    ) -> None:
        mode, port = pooled
        behind(monkeypatch, PORT=port, OPTIONS={"prepare_threshold": 5, "server_side_binding": True})

        expected = ["E092"] if mode == "transaction" else ["W092"]
        assert numbers(check_pooler(None, databases=["default"])) == expected
        # Looking leaves nothing behind that the next client would stumble over.
        assert numbers(check_pooler(None, databases=["default"])) == expected
        assert numbers(check_pooler(None, databases=None)) == []
        assert numbers(check_pooler(None, databases=["other"])) == []

        behind(monkeypatch, PORT=port, OPTIONS={})
        assert numbers(check_pooler(None, databases=["default"])) == []

    def test_a_server_that_is_not_there_is_left_to_django(self, monkeypatch: pytest.MonkeyPatch) -> None:
        behind(monkeypatch, PORT=1, OPTIONS={"prepare_threshold": 5})
        assert numbers(check_pooler(None, databases=["default"])) == []
        with pytest.raises(DatabaseError):
            connections["default"].ensure_connection()
