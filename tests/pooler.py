"""PgBouncer between the tests and their database."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.utils import ConnectionHandler

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def behind(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Have the database of the tests reached in another way."""
    settings = {**connection.settings_dict, **changed}
    handler = ConnectionHandler({"default": settings})
    monkeypatch.setattr(connections, "settings", handler.settings)
    monkeypatch.setattr(connections, "_connections", handler._connections)


@contextmanager
def pgbouncer(folder: Path, *, pool_mode: str, sessions: int = 20) -> Iterator[int]:
    """Run a PgBouncer that knows nothing of prepared statements; yields its port."""
    if PGBOUNCER is None:
        pytest.skip("needs pgbouncer")
    version = subprocess.run([PGBOUNCER, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.split()[1].split(".")[:2])) >= (1, 21):
        pytest.skip("this pgbouncer knows prepared statements")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    database = connection.settings_dict
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        f"[databases]\n{database['NAME']} = host={database['HOST']} port={database['PORT']} user={database['USER']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nunix_socket_dir =\n"
        f"pool_mode = {pool_mode}\ndefault_pool_size = {sessions}\nignore_startup_parameters = extra_float_digits\n"
    )
    for path in (configuration, *configuration.parents[:3]):
        path.chmod(0o755)
    command = [PGBOUNCER, *(["-u", "nobody"] if os.geteuid() == 0 else []), str(configuration)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_it_listens(port)
        yield port
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
