"""Forked processes: of all threads only one lives on in a child, so no lock may stay with a thread that is gone."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oauth_provider.resource_server.process_lock import ProcessLock

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "oauth_provider"

# In a process of its own: each lock that there is, held by somebody while a child is born that needs it.
SCRIPT = """
import os, signal, sys, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.test.utils import setup_databases, override_settings
from oauth_provider.tokens.verification_cache import verification_cache
from oauth_provider.protocol.denylist import Denial
from oauth_provider.resource_server.denylist import subscription as heard
from oauth_provider.resource_server.verifiers.introspection import Breaker, Memory
from oauth_provider.resource_server.verifiers.jwks import IssuerKeys
from oauth_provider.resource_server.process_lock import _locks
from oauth_provider.tokens import denylist as told, key_ring
from tests.resource_server.denylist.transports import FakeTransport
from tests.rest_framework.tokens import access_token

memory, breaker, keys = Memory(), Breaker(), IssuerKeys("https://nobody.invalid")
publisher = told.Publisher(FakeTransport())
named = [key_ring._reading, verification_cache._lock, heard._starting]
assert len(_locks) == 4, list(_locks)

def hold():
    for lock in (*named, *_locks):
        lock.acquire()
    held.set()
    threading.Event().wait()

held = threading.Event()
threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(30)
    key_ring.forget()
    key_ring.key_ring()
    memory.keep("k", access_token(), 10, 1)
    assert memory.recall("k") is not None
    assert breaker.run(lambda: 7) == 7
    with keys._turn:
        pass
    publisher.publish([Denial("i", "token", "x", 2**40)])
    verification_cache.clear()
    with heard._starting:
        pass
    os._exit(42)
_pid, status = os.waitpid(child, 0)
sys.stdout.write(str(os.waitstatus_to_exitcode(status)))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_child_that_is_forked_while_every_lock_is_held_waits_for_none() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "42"), run.stderr


def test_every_lock_of_the_package_is_one_that_a_fork_frees() -> None:
    """A lock of ``threading`` stands only in a file that makes it anew in a child; the script above holds each."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        source = file.read_text()
        made = [
            node.attr
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "threading"
            and node.attr in {"Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Barrier"}
        ]
        if made:
            assert "register_at_fork" in source, file
            found.add(file.relative_to(PACKAGE).as_posix())
    assert {"resource_server/process_lock.py", "tokens/key_ring.py"} <= found


def test_a_lock_shuts_others_out_until_it_is_released() -> None:
    lock = ProcessLock()
    with lock:
        assert not lock.acquire(blocking=False)
    assert lock.acquire(blocking=False)
    lock.release()
    with pytest.raises(RuntimeError):
        lock.release()
