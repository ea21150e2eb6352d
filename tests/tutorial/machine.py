"""A machine with nothing on it: an empty home, an empty folder, a Python, and the terminals that somebody opens."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from oauth_provider import __version__
from tests.demo.server import free_port
from tests.tutorial.blocks import Commands, File, NewTerminal, TutorialError, matches

SECONDS = 600
# Where packages come from and who is trusted is the machine's, and stays.
INHERITED = re.compile(r"(PIP_\w+|(https?|all|no)_proxy|SSL_CERT_\w+|REQUESTS_CA_BUNDLE)", re.IGNORECASE)
# Of the pages; others are taken in their place, since somebody may be using these.
PORTS = (8000, 8001, 5173)
# A finding of a check of ours, or of django-oauth-toolkit: readers meet none that the page does not show them.
FINDING = re.compile(r"\(oauth\w+\.[EWI]\d+\)")
SAVE = 'trap \'code=$?; pwd > "$STATE/cwd"; env -0 > "$STATE/env"; exit $code\' EXIT\n'


@dataclass(slots=True)
class Terminal:
    """A shell: the folder it is in, and its environment. ``process`` is what keeps it busy."""

    directory: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    commands: Commands | None = None
    log: Path | None = None


@dataclass(slots=True)
class Machine:
    """Whoever follows the tutorial sits here. ``root`` is empty."""

    root: Path
    wheel: Path
    ports: dict[int, int] = field(default_factory=lambda: {port: free_port() for port in PORTS})
    terminals: list[Terminal] = field(default_factory=list)
    is_outdated: bool = False

    @property
    def version(self) -> str:
        """The version of the wheel."""
        return self.wheel.name.split("-")[1]

    @property
    def folder(self) -> Path:
        """Where the tutorial begins."""
        return self.root / "folder"

    @property
    def terminal(self) -> Terminal:
        """The one that was opened last."""
        return self.terminals[-1]

    def prepare(self) -> None:
        """Make the home, the folder, and the first terminal."""
        for name in ("folder", "home", "bin", "state"):
            (self.root / name).mkdir()
        (self.root / "bin" / "python3").symlink_to(Path(getattr(sys, "_base_executable", sys.executable)))
        (self.root / "constraints.txt").write_text(f"django-oauth-authority=={self.version}\n")
        self.open_terminal(NewTerminal())

    def open_terminal(self, _step: NewTerminal) -> None:
        """Open another terminal."""
        inherited = inherited_environment()
        constraints = f"{inherited.get('PIP_CONSTRAINT', '')} {self.root / 'constraints.txt'}".strip()
        self.terminals.append(
            Terminal(
                self.folder,
                {
                    **inherited,
                    "PATH": f"{self.root / 'bin'}:/usr/local/bin:/usr/bin:/bin",
                    "HOME": str(self.root / "home"),
                    "LANG": "C.UTF-8",
                    "NO_PROXY": "127.0.0.1,localhost",
                    "PYTHONUNBUFFERED": "1",
                    # The wheel that was built, whatever the index has by that name.
                    "PIP_CONSTRAINT": constraints,
                    "PIP_FIND_LINKS": f"{inherited.get('PIP_FIND_LINKS', '')} {self.wheel.parent}".strip(),
                    "STATE": str(self.root / "state"),
                },
            )
        )

    def here(self, text: str) -> str:
        """Return ``text`` of a page with the ports of this machine."""
        return re.sub(rf"\b({'|'.join(map(str, PORTS))})\b", lambda found: str(self.ports[int(found[0])]), text)

    def write(self, step: File) -> None:
        """Paste a file. Servers see it before anybody asks them again."""
        path = self.terminal.directory / step.path
        if step.at_end and not path.exists():
            raise TutorialError(f"There is no {step.path} that lines could be added to.")
        if not path.parent.is_dir():
            raise TutorialError(f"Nobody said to make the folder of {step.path}.")
        before = path.read_text() + "\n" if step.at_end else ""
        path.write_text(before + self.here(step.text))
        self.is_outdated = True

    def run(self, step: Commands) -> str:
        """Run the commands in the terminal, and return what it shows. Raise ``TutorialError`` if the page says else."""
        self.refresh()
        if self.terminal.process is not None:
            raise TutorialError(f"That terminal is busy: {step.text!r}")
        if step.stays_busy:
            self.terminal.commands = step
            return self.start(self.terminal)
        done = subprocess.run(
            ["bash", "-c", f"set -eo pipefail\n{SAVE}{self.here(step.text)}"],
            cwd=self.terminal.directory,
            env=self.terminal.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode != step.status:
            raise TutorialError(f"{step.text}exits with {done.returncode}:\n{done.stdout}")
        self.keep_state()
        self.compare(step, done.stdout)
        return done.stdout

    def keep_state(self) -> None:
        """Let the terminal stand where the commands left it: ``cd``, ``export``, ``source``."""
        state = self.root / "state"
        self.terminal.directory = Path((state / "cwd").read_text().rstrip("\n"))
        pairs = (state / "env").read_text().rstrip("\0").split("\0")
        self.terminal.environment = dict(pair.split("=", 1) for pair in pairs)

    def compare(self, step: Commands, output: str) -> None:
        """Raise ``TutorialError`` if the terminal shows something else than the page."""
        for expected in step.expected:
            if not matches(self.here(expected), output):
                raise TutorialError(f"{step.text}prints\n{output}\nand not\n{expected}")
        if set(FINDING.findall(output)) - set(FINDING.findall("".join(step.expected))):
            raise TutorialError(f"{step.text}finds more than the page shows:\n{output}")

    def refresh(self) -> None:
        """Start servers anew after files were pasted, so that no test waits for Django to notice."""
        busy = [terminal for terminal in self.terminals if terminal.process is not None]
        if self.is_outdated:
            self.is_outdated = False
            for terminal in busy:
                stop(terminal)
                self.start(terminal)

    def start(self, terminal: Terminal) -> str:
        """Start what keeps a terminal busy, and wait until it has said what the page promises, and listens."""
        step = terminal.commands
        assert step is not None
        terminal.log = self.root / f"terminal-{self.terminals.index(terminal)}.log"
        with terminal.log.open("wb") as log:
            terminal.process = subprocess.Popen(
                ["bash", "-c", f"set -e\n{self.here(step.text)}"],
                cwd=terminal.directory,
                env=terminal.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ports = [here for port, here in self.ports.items() if str(port) in step.text]
        for _ in range(1200):
            output = terminal.log.read_text()
            if terminal.process.poll() is not None:
                raise TutorialError(f"{step.text}ended:\n{output}")
            if all(matches(self.here(one), output) for one in step.expected) and all(map(listens, ports)):
                self.compare(step, output)
                return output
            time.sleep(0.1)
        raise TutorialError(f"{step.text}prints\n{output}\nand not\n{step.expected}")

    def close(self) -> None:
        """Close all terminals."""
        for terminal in self.terminals:
            stop(terminal)

    def logs(self) -> str:
        """Return what the servers have printed, for whoever has to find out what went wrong."""
        return "\n".join(terminal.log.read_text() for terminal in self.terminals if terminal.log is not None)


def inherited_environment() -> dict[str, str]:
    """Return what an otherwise empty machine has of this one: an index to install from, and the way to it."""
    return {name: value for name, value in os.environ.items() if INHERITED.fullmatch(name)}


def listens(port: int) -> bool:
    """Does anybody answer at ``port``?"""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def stop(terminal: Terminal) -> None:
    """Press Ctrl-C."""
    if terminal.process is None:
        return
    if terminal.process.poll() is None:
        os.killpg(terminal.process.pid, signal.SIGINT)
        try:
            terminal.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(terminal.process.pid, signal.SIGKILL)
            terminal.process.wait(timeout=10)
    terminal.process = None


def built_wheel(factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout, which is built once for all processes of a run."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "wheel"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return next(folder.glob("*.whl"), None) or build_wheel(folder)


def build_wheel(directory: Path) -> Path:
    """Build the wheel of this checkout into ``directory``, with a version that no index can have (PEP 440, local)."""
    root = Path(__file__).resolve().parents[2]
    source = directory / "source"
    source.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(root / name, source)
    shutil.copytree(root / "oauth_provider", source / "oauth_provider", ignore=shutil.ignore_patterns("__pycache__"))
    module = source / "oauth_provider" / "__init__.py"
    module.write_text(module.read_text().replace(f'"{__version__}"', f'"{__version__}+checkout"'))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    (wheel,) = directory.glob("*.whl")
    return wheel
