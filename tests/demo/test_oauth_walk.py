"""``oauth_walk`` against the demo: no option is needed."""

import json
import subprocess
from typing import Any

import pytest

from oauth_provider.walk.table import GRANTS
from tests.demo.server import ROOT, Demo, free_port

pytestmark = pytest.mark.xdist_group("demo")


def run(demo: Demo, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as somebody types it in another terminal."""
    return subprocess.run(
        demo.command("oauth_walk", *arguments),
        cwd=ROOT,
        env={**demo.environment, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.usefixtures("seeded")
def test_without_an_option_a_newcomer_watches_a_person_connect_an_app(demo: Demo) -> None:
    """Exit status 0, and nothing to complain about."""
    walked = run(demo)

    assert (walked.returncode, walked.stderr) == (0, "")
    assert "The person says yes" in walked.stdout
    assert "✗" not in walked.stdout


def test_every_grant_passes_with_the_demos_clients(demo: Demo, seeded: dict[str, Any]) -> None:
    """And no step is left out but the one that a remembered consent forbids."""
    walked = run(demo, "--grant", "all", "--json")
    result = json.loads(walked.stdout)

    assert (walked.returncode, result["ok"], result["url"]) == (0, True, seeded["issuer"])
    assert [one["grant"] for one in result["walks"]] == list(GRANTS)
    assert [step["title"] for one in result["walks"] for step in one["steps"] if step["skipped"]] == []


@pytest.mark.usefixtures("seeded")
def test_a_reader_who_has_seen_enough_is_no_crash(demo: Demo) -> None:
    """``oauth_walk | head``."""
    with subprocess.Popen(
        demo.command("oauth_walk"),
        cwd=ROOT,
        env=demo.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as walking:
        assert walking.stdout is not None
        assert walking.stderr is not None
        walking.stdout.close()
        said = walking.stderr.read()

    assert said == "CommandError: Nobody reads on; the tokens issued so far are revoked.\n"


@pytest.mark.parametrize("key", ["spa", "native"])
def test_a_public_client_of_the_demo_needs_only_its_name(demo: Demo, seeded: dict[str, Any], key: str) -> None:
    """Its redirect URI and its scope are known."""
    assert run(demo, "--client-id", seeded["clients"][key]["client_id"]).returncode == 0


def test_the_port_may_be_said_as_a_url(demo: Demo, seeded: dict[str, Any]) -> None:
    """``make demo PORT=…`` was run in a terminal whose environment this one does not share."""
    assert run(demo, "--url", seeded["issuer"], PORT="8000").returncode == 0


def test_no_secret_of_the_demo_is_printed(demo: Demo, seeded: dict[str, Any]) -> None:
    """The demo shows them elsewhere; a habit is a habit."""
    printed = run(demo, "--grant", "all").stdout

    assert seeded["user"]["password"] not in printed
    assert seeded["clients"]["web"]["client_secret"] not in printed


def test_a_demo_that_does_not_run_is_one_line(demo: Demo) -> None:
    """It says how to start it."""
    walked = run(demo, PORT=str(free_port()))

    assert (walked.returncode, walked.stdout) == (1, "")
    assert walked.stderr.endswith("nobody listens there. Start it in another terminal: make demo\n")
    assert walked.stderr.count("\n") == 1


def test_another_person_has_another_password(demo: Demo) -> None:
    """The demo's is nobody else's."""
    walked = subprocess.run(
        demo.command("oauth_walk", "--username", "another"),
        cwd=ROOT,
        env=demo.environment,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )

    assert walked.stderr == "CommandError: The password of another is needed: put it into OAUTH_WALK_PASSWORD.\n"


def test_a_client_that_is_not_the_demos_is_not_given_its_secrets(demo: Demo) -> None:
    """What is not known has to be said."""
    walked = run(demo, "--client-id", "another")

    assert walked.stderr == "CommandError: --redirect-uri is needed for authorization_code.\n"
