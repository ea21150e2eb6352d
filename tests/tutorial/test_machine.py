"""The machine that the tutorial is followed on: what a terminal remembers, and what it does not let pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tutorial.blocks import Commands, File, NewTerminal, TutorialError
from tests.tutorial.machine import Machine, listens

SERVE = "python3 -m http.server 8000 --bind 127.0.0.1\n"
SERVING = ["Serving HTTP on 127.0.0.1 port 8000 …\n"]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path, tmp_path / "django_oauth_authority-1-py3-none-any.whl")
    machine.prepare()
    yield machine
    machine.close()


def test_a_terminal_remembers_where_it_is_and_what_was_exported(machine: Machine) -> None:
    machine.run(Commands("mkdir sub\ncd sub\nexport COLOUR=blue\n"))
    assert machine.run(Commands("pwd; echo $COLOUR\n")).split() == [str(machine.folder / "sub"), "blue"]
    machine.open_terminal(NewTerminal())
    assert machine.run(Commands("pwd; echo $COLOUR\n")).split() == [str(machine.folder)]


def test_the_machine_is_empty_and_knows_nothing_of_the_suite(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    machine.open_terminal(NewTerminal())
    told = machine.run(Commands('ls "$HOME" .; echo "[$DJANGO_SETTINGS_MODULE$PYTHONPATH$VIRTUAL_ENV]"\n'))
    assert told.split() == [".:", f"{machine.root / 'home'}:", "[]"]


@pytest.mark.parametrize(
    "step",
    [
        Commands("false\n"),
        Commands("false\ntrue\n"),
        Commands("false | cat\n"),
        Commands("true\n", status=1),
        Commands("echo one\n", expected=["two\n"]),
        Commands("echo one\n", expected=["one\n", "two\n"]),
        Commands("echo '?: (oauth_provider.W001) The cache'\n"),
        Commands(
            "echo '?: (oauth2_provider.W008)'; echo '(oauth_provider.W001)'\n", expected=["(oauth_provider.W001)\n"]
        ),
    ],
)
def test_commands_that_do_not_do_what_the_page_says_are_found(machine: Machine, step: Commands) -> None:
    with pytest.raises(TutorialError):
        machine.run(step)


def test_a_finding_that_the_page_shows_may_be_found(machine: Machine) -> None:
    shown = ["?: (oauth_provider.W001) …\n"]
    assert machine.run(Commands("echo '?: (oauth_provider.W001) The cache'\n", expected=shown))


def test_commands_that_are_meant_to_fail_may_fail(machine: Machine) -> None:
    assert machine.run(Commands("echo one; exit 1\n", status=1, expected=["one\n"])) == "one\n"


def test_a_file_is_pasted_where_the_terminal_is(machine: Machine) -> None:
    machine.run(Commands("mkdir sub\ncd sub\n"))
    machine.write(File("a.py", "# a.py\nPORT = 8000\n", at_end=False))
    machine.write(File("a.py", "# a.py: at the end\nPORT += 1\n", at_end=True))
    port = machine.ports[8000]
    text = (machine.folder / "sub" / "a.py").read_text()
    assert text == f"# a.py\nPORT = {port}\n\n# a.py: at the end\nPORT += 1\n"


@pytest.mark.parametrize("step", [File("a.py", "", at_end=True), File("gone/a.py", "", at_end=False)])
def test_a_file_that_nobody_could_paste_is_found(machine: Machine, step: File) -> None:
    with pytest.raises(TutorialError):
        machine.write(step)


def test_a_server_keeps_its_terminal_and_is_started_anew_after_a_file_was_pasted(machine: Machine) -> None:
    machine.run(Commands(SERVE, stays_busy=True, expected=SERVING))
    with pytest.raises(TutorialError, match="busy"):
        machine.run(Commands("true\n"))
    busy = machine.terminal
    first = busy.process
    machine.open_terminal(NewTerminal())
    machine.run(Commands("true\n"))
    assert busy.process is first
    machine.write(File("a.py", "", at_end=False))
    machine.run(Commands("true\n"))
    assert busy.process is not first
    machine.close()
    assert not listens(machine.ports[8000])


@pytest.mark.parametrize("commands", ["echo gone\n", "exit 3\n"])
def test_a_server_that_ends_is_found(machine: Machine, commands: str) -> None:
    with pytest.raises(TutorialError, match="ended"):
        machine.run(Commands(commands, stays_busy=True, expected=["a server"]))
