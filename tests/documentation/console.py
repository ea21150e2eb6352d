"""Console blocks: their commands are run by Bash in the folder of a project, and what they print is compared."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.documentation.blocks import Block
from tests.documentation.processes import call, environment, stop

PROMPT = re.compile(r"^\$ ", re.MULTILINE)
# Commands that go on until somebody stops them. They have to start, and to run on for a moment.
ENDLESS = re.compile(r"^(?!pip\b).*\b(runserver|oauth_deliver(?!.*--once)|gunicorn|uvicorn|granian)\b", re.MULTILINE)
SERVED = re.compile(r"https://auth\.example\.com|http://(?:127\.0\.0\.1|localhost):8000")
MOMENT = 3


def run(folder: Path, block: Block, client: dict[str, str]) -> None:
    """Run the commands of a block in the project at ``folder``. ``client`` is what its variables name."""
    needs_server = "curl " in block.source and SERVED.search(block.source)
    with served(folder) if needs_server else _nothing() as server:
        facts = {**client, "SERVER": server, "KID": _kid(folder) if "$KID" in block.source else ""}
        for command, printed in commands(block.source):
            if ENDLESS.search(command):
                keep_running(folder, command, facts)
                continue
            said = call(folder, ["bash", "-e", "-o", "pipefail", "-c", command], **facts)
            if printed:
                assert matches(printed, said), f"{block.place} shows\n{printed}\nand it is\n{said}"


def commands(source: str) -> list[tuple[str, str]]:
    """Each command with what the page shows of its output. Without a prompt all lines are one script, and no output.

    A command that goes on for ever is one of its own.
    """
    if PROMPT.search(source):
        return [_command_and_output(part) for part in PROMPT.split(source)[1:]]
    found = [""]
    for line in re.findall(r"(?:[^\n]*\\\n)*[^\n]+", source):
        if ENDLESS.search(line):
            found += [line, ""]
        else:
            found[-1] += f"{line}\n"
    return [(command, "") for command in found if command]


def _command_and_output(part: str) -> tuple[str, str]:
    lines = part.splitlines()
    last = next(number for number, line in enumerate(lines) if not line.endswith("\\"))
    return "\n".join(lines[: last + 1]), "\n".join(lines[last + 1 :])


def matches(shown: str, printed: str) -> bool:
    """Is ``printed`` what the page shows? ``...`` stands for anything, and white space for white space."""
    pieces = [r"\s*".join(map(re.escape, piece.split())) for piece in shown.split("...")]
    return re.fullmatch(r"\s*" + ".*".join(pieces) + r"\s*", printed, re.DOTALL) is not None


def keep_running(folder: Path, command: str, facts: dict[str, str]) -> None:
    """Start a command that goes on for ever, and see that it does. The port of the page may be in use."""
    port = str(_free_port())
    command = re.sub(r"\b8000\b", port, re.sub(r"runserver$", f"runserver {port}", command))
    with (folder / "endless.log").open("w+") as log:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=environment(**facts, PORT=port),
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        try:
            time.sleep(MOMENT)
            assert process.poll() is None, f"{command}\n{(folder / 'endless.log').read_text()}"
        finally:
            stop(process)


@contextmanager
def _nothing() -> Iterator[str]:
    yield ""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the project, and yield the URL."""
    port = _free_port()
    arguments = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            arguments, cwd=folder, env=environment(), stdout=log, stderr=log, text=True, start_new_session=True
        )
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _kid(folder: Path) -> str:
    """The name of a signing key of the project."""
    call(folder, [sys.executable, "manage.py", "oauth_keys", "rotate"])
    return str(json.loads(call(folder, [sys.executable, "manage.py", "oauth_keys", "list", "--json"]))[0]["kid"])
