"""All that ``oauth_quickstart`` prints, done in a fresh project that is served: by a shell, by a browser (RFC 6749)."""

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from oauth_provider.resource_server.conf import conf
from tests.demo.server import free_port
from tests.foreign.traveller import Traveller
from tests.person import Person
from tests.quickstart.fresh import PASSWORD, USERNAME, FreshProject, fresh_project

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def resource() -> str:
    """Where the MCP server answers."""
    return f"http://127.0.0.1:{free_port()}/mcp"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, resource: str) -> Any:
    """A project that is served, with the view that is printed for a service, and the settings for an MCP server."""
    project = fresh_project(tmp_path_factory.mktemp("project"))
    project.append("settings.py", f'OAUTH_PROVIDER["ISSUER"] = "{project.address}"')
    project.append("urls.py", text_of(quickstart(project, "service"), "py"))
    (problem,) = quickstart(project, "mcp", "--resource", resource)["problems"]
    assert problem["id"] == "resource"
    project.append("settings.py", problem["paste"])
    with project.served():
        yield project


def quickstart(project: FreshProject, kind: str, *arguments: str) -> dict[str, Any]:
    """What the command says to a program."""
    done = project.manage("oauth_quickstart", "--kind", kind, "--json", *arguments)
    assert done.stderr == ""
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["ok"] is True
    return said


def text_of(said: dict[str, Any], language: str, word: str = "") -> str:
    """The example in this language."""
    (text,) = [one["text"] for one in said["examples"] if one["language"] == language and word in one["text"]]
    return str(text)


def answers(output: str) -> list[dict[str, Any]]:
    """The JSON objects that commands printed, one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], output.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].strip()
    return found


def code_from(said: dict[str, Any], project: FreshProject) -> str:
    """The code that a browser ends with, which opened the URL, logged in and agreed."""
    person = Person(project.address)
    consent = person.submit(person.go(said["request"]["authorization_url"]), username=USERNAME, password=PASSWORD)
    arrived = person.submit(consent, decision="allow")
    assert arrived.startswith(said["request"]["redirect_uri"])
    query = parse_qs(urlsplit(arrived).query)
    assert query["state"] == [said["request"]["state"]]
    return query["code"][0]


def in_shell(project: FreshProject, text: str) -> list[dict[str, Any]]:
    """What the pasted text prints in a POSIX shell."""
    done = project.run("sh", "-euc", text)
    assert done.stderr == ""
    return answers(done.stdout)


@pytest.mark.spec("RFC 6749", "4.1")
@pytest.mark.parametrize("kind", ["web", "browser", "native"])
def test_the_printed_request_and_command_lead_to_tokens_and_to_who_signed_in(project: FreshProject, kind: str) -> None:
    said = quickstart(project, kind, "--name", 'It\'s "$(touch hacked)" `touch hacked`')
    command = text_of(said, "sh", "CODE=").replace("CODE=paste-the-code", f"CODE={code_from(said, project)}")
    tokens, person = in_shell(project, command)
    assert set(tokens["scope"].split()) == set(said["client"]["scope"].split())
    assert "refresh_token" in tokens
    assert (person["sub"], person["preferred_username"]) == ("1", USERNAME)
    assert not (project.folder / "hacked").exists()


@pytest.mark.spec("RFC 6749", "4.4")
def test_the_printed_command_gets_a_service_its_token_and_calls_the_printed_view(project: FreshProject) -> None:
    said = quickstart(project, "service")
    tokens, answer = in_shell(project, text_of(said, "sh", "ANSWER"))
    assert tokens["token_type"] == "Bearer"
    assert answer == {"client_id": said["client"]["client_id"], "scopes": ["notes:read"]}


@pytest.mark.spec("RFC 7662", "2.1")
def test_the_printed_command_introspects_a_token(project: FreshProject) -> None:
    token = in_shell(project, text_of(quickstart(project, "service"), "sh", "ANSWER"))[0]["access_token"]
    command = text_of(quickstart(project, "api"), "sh", "TOKEN=")
    (told,) = in_shell(project, command)
    assert told == {"active": False}
    (told,) = in_shell(project, command.replace("paste-an-access-token", token))
    assert (told["active"], told["scope"]) == (True, "notes:read")


@pytest.mark.spec("RFC 7662", "2.2")
def test_an_api_elsewhere_verifies_tokens_by_the_printed_settings(project: FreshProject, settings: Any) -> None:
    token = in_shell(project, text_of(quickstart(project, "service"), "sh", "ANSWER"))[0]["access_token"]
    written: dict[str, Any] = {"INSTALLED_APPS": []}
    exec(text_of(quickstart(project, "api"), "py"), written)
    assert written["INSTALLED_APPS"] == ["oauth_provider.resource_server"]
    settings.OAUTH_RESOURCE_SERVER = written["OAUTH_RESOURCE_SERVER"]
    assert conf.verifier(token).scopes == ("notes:read",)


@pytest.mark.spec("OIDC Core", "3.1")
def test_the_printed_web_application_signs_a_person_in(project: FreshProject) -> None:
    port, file = free_port(), project.folder / "client.py"
    given = ("--redirect-uri", f"http://127.0.0.1:{port}/callback", "--name", "<b>'\"{}")
    said = quickstart(project, "web", *given, "--write", str(file))
    assert file.read_text() == text_of(said, "py")
    assert file.stat().st_mode & 0o777 == 0o600
    here = f"http://127.0.0.1:{port}"
    with project.serve([sys.executable, str(file)], f"{here}/"):
        browser = Traveller(here, project.address)
        assert "&lt;b&gt;&#x27;&quot;{}" in browser.go(f"{here}/").text
        consent = browser.submit(browser.go(f"{here}/sign-in"), username=USERNAME, password=PASSWORD)
        denied = browser.submit(consent, decision="deny")
        assert (denied.status_code, "access_denied" in denied.text) == (400, True)
        page = browser.submit(browser.go(f"{here}/sign-in"), decision="allow")
        assert page.url == f"{here}/"
        assert USERNAME in page.text
        # The person is still signed in at the provider: the two cookies do not overwrite each other.
        assert browser.go(f"{project.address}/accounts/profile/").status_code == 200
        # Nobody is signed in by a link that another browser was sent.
        assert Traveller(here, project.address).go(f"{here}/callback?code=x&state=x").status_code == 400


@pytest.mark.parametrize("kind", ["web", "native", "service"])
def test_the_printed_walk_passes(project: FreshProject, kind: str) -> None:
    command = text_of(quickstart(project, kind), "sh", "oauth_walk").replace("USERNAME", USERNAME)
    words = command.replace("python manage.py", f"{sys.executable} manage.py")
    done = project.run("sh", "-c", words, OAUTH_WALK_PASSWORD=PASSWORD, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.spec("RFC 8707", "2")
def test_the_printed_mcp_server_takes_the_printed_token_and_no_other(project: FreshProject, resource: str) -> None:
    file = project.folder / "mcp_server.py"
    said = quickstart(project, "mcp", "--resource", resource, "--write", str(file))
    assert said["problems"] == []
    command = text_of(said, "sh", "CODE=").replace("CODE=paste-the-code", f"CODE={code_from(said, project)}")
    metadata = resource.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")
    with project.serve([sys.executable, str(file)], metadata):
        done = project.run("sh", "-euc", command)
        assert '"who_am_i"' in done.stdout, done.stdout
        assert requests.post(resource, timeout=5).status_code == 401
        assert requests.get(metadata, timeout=5).json()["authorization_servers"] == [project.address]


def test_a_person_at_a_terminal_is_asked_and_nothing_waits_where_there_is_none(project: FreshProject) -> None:
    command = [sys.executable, "manage.py", "oauth_quickstart"]
    primary, secondary = pty.openpty()
    asked = subprocess.Popen(
        command, cwd=project.folder, env=project.environment, stdin=secondary, stdout=secondary, stderr=secondary
    )
    os.close(secondary)
    os.write(primary, b"service\nNightly report\n\n")
    said = b""
    with suppress(OSError):  # Linux ends a terminal that nobody has open by an error
        while part := os.read(primary, 4096):
            said += part
    os.close(primary)
    assert asked.wait(timeout=60) == 0, said
    text = said.decode().replace("\r\n", "\n")
    assert "What do you build?" in text
    assert "Scopes, divided by spaces [notes:read]: " in text
    assert "Nightly report is registered." in text
    alone = project.run(*command, check=False)
    assert (alone.returncode, alone.stdout) == (1, "")
    assert alone.stderr.startswith("CommandError: Say what you build, by --kind")
