"""Install packages into a virtual environment, and say how far that has come: ``install.py .venv -r requirements.txt``.

What comes after the folder is given to pip. Nothing but Python is needed, since this runs before anything is installed.
"""

import hashlib
import queue
import re
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

STAMP = "installed"
STEP = "Packages"
# What pip says of a package on an index, and of one that is a file.
FOUND = re.compile(r"(?:Collecting |Processing .*/)(?P<name>\w+(?:[.-][A-Za-z]\w*)*)")
# Where nobody looks at a terminal, every tenth package is a line.
RARELY = 10
# To the beginning of the line, and clear it.
ANEW = "\r\033[K"


class Progress:
    """One line that is written anew in a terminal, and a line now and then in a log."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty()
        self.shown = 0

    def show(self, done: int, text: str) -> None:
        """Show a number of packages, with what is done to them."""
        if done != self.shown and (self.is_terminal or done % RARELY == 0):
            self._write(text, "" if self.is_terminal else "\n")
        self.shown = done

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._write(text, "\n")
        self.shown = 0

    def _write(self, text: str, ending: str) -> None:
        sys.stdout.write(f"{ANEW if self.is_terminal else ''}{STEP:<11}{text}{ending}")
        sys.stdout.flush()


def main(folder: str, *packages: str) -> int:
    """Return the status of pip, or 0 where there was nothing to do."""
    environment, progress = Path(folder), Progress()
    files = [Path(name).read_text() for name in packages if Path(name).is_file()]
    wanted = hashlib.sha256(repr((sys.version, packages, files)).encode()).hexdigest()
    stamp = environment / STAMP
    if environment.is_symlink():  # somebody else's, who may be using it
        progress.say(f"{folder} is a link, and taken as it is")
        return 0
    if stamp.is_file() and stamp.read_text() == wanted:
        stamp.touch()
        progress.say(f"{folder} is up to date")
        return 0
    begun = time.monotonic()
    progress.say(f"making {folder} with Python {sys.version.split()[0]}; once, about a minute")
    venv.create(environment, clear=True, with_pip=True)
    pins = sum(text.count("==") for text in (*files, *packages))
    status = install(environment, pins, progress, *packages)
    if status == 0:
        stamp.write_text(wanted)
        progress.say(f"{installed(environment)} in {folder}, after {time.monotonic() - begun:.0f} s")
    return status


def install(environment: Path, pins: int, progress: Progress, *arguments: str) -> int:
    """Run pip, and show what it does; all that it said, where it fails. Return its status."""
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--no-color"]
    pip = subprocess.Popen(  # noqa: S603 - the pip of the environment that was just made
        [str(environment / "bin" / "python"), "-m", "pip", "install", *options, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=read, args=(pip, lines), daemon=True).start()
    said: list[str] = []
    found, before, due = set[str](), 0, 0
    while True:
        try:
            line = lines.get(timeout=0.2)
        except queue.Empty:
            line = ""
        if line is None:
            break
        said.append(line)
        if match := FOUND.match(line):
            found.add(match["name"].lower().replace("_", "-"))
            progress.show(len(found), f"fetching {len(found)} of {max(len(found), pins)}: {match['name']}")
        elif line.startswith("Installing collected"):
            before, due = installed(environment), line.count(",") + 1
            progress.say(f"fetched {due}")
        elif due:
            done = installed(environment) - before
            progress.show(done, f"installing {done} of {due}")
    if pip.wait():
        progress.say("pip failed")
        sys.stdout.write("".join(said))
    return pip.returncode


def read(pip: "subprocess.Popen[str]", lines: "queue.SimpleQueue[str | None]") -> None:
    """Put what pip prints into ``lines``, and None at its end."""
    for line in pip.stdout or ():
        lines.put(line)
    lines.put(None)


def installed(environment: Path) -> int:
    """Return how many packages are there."""
    return len(list(environment.glob("lib/python*/site-packages/*.dist-info")))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
