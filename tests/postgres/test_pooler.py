"""A pooler that does not know prepared statements is seen before it runs the wrong ones."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from django.db.utils import ConnectionHandler

from oauth_provider.checks.pooler import Seen, check_pooler, judge

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


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


def behind(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Have the database of the tests reached in another way."""
    settings = {**connection.settings_dict, **changed}
    handler = ConnectionHandler({"default": settings})
    monkeypatch.setattr(connections, "settings", handler.settings)
    monkeypatch.setattr(connections, "_connections", handler._connections)


@pytest.fixture(params=["transaction", "session"])
def pooled(request: Any, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """PgBouncer in front of the tests' database; how it pools, and its port."""
    if PGBOUNCER is None:
        pytest.skip("needs pgbouncer")
    version = subprocess.run([PGBOUNCER, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.split()[1].split(".")[:2])) >= (1, 21):
        pytest.skip("this pgbouncer knows prepared statements")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    database = connection.settings_dict
    configuration = tmp_path / "pgbouncer.ini"
    configuration.write_text(
        f"[databases]\n{database['NAME']} = host={database['HOST']} port={database['PORT']} user={database['USER']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nunix_socket_dir =\n"
        f"pool_mode = {request.param}\nignore_startup_parameters = extra_float_digits\n"
    )
    for folder in (configuration, *configuration.parents[:3]):
        folder.chmod(0o755)
    command = [PGBOUNCER, *(["-u", "nobody"] if os.geteuid() == 0 else []), str(configuration)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_it_listens(port)
        yield request.param, port
    finally:
        process.terminate()
        process.wait(10)


def _until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("pgbouncer does not answer.")


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
