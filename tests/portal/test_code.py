"""All the code that the portal shows, run as it stands, in a project that is served (RFC 6749 §4)."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from oauth_provider.resource_server.conf import conf
from tests.demo.server import ROOT, free_port
from tests.foreign.traveller import Traveller
from tests.person import Person
from tests.quickstart.fresh import PASSWORD, USERNAME, FreshProject, fresh_project
from tests.quickstart.test_live import answers

NODE_MODULES = ROOT / "tests" / "foreign" / "openid_client" / "node_modules"
OPEN = """
OAUTH_PROVIDER["REGISTRATION"] = {
    "PORTAL": {"IS_OPEN": True, "KINDS": ["web", "browser", "native", "service", "mcp", "api"]}
}
"""


@dataclass
class App:
    """An app that somebody registered in the portal: its ``.env``, and what its code page shows."""

    project: FreshProject
    person: Person
    env: dict[str, str]
    texts: list[str]

    def text(self, word: str) -> str:
        """Return the one text that holds ``word``."""
        (text,) = [one for one in self.texts if word in one]
        return text

    def save(self, name: str, word: str) -> str:
        """Save the text as a file in the project's folder."""
        (self.project.folder / name).write_text(self.text(word))
        return name

    def run(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """Run a command with the variables of the file."""
        environment = {**self.project.environment, **self.env}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.project.folder, env=environment, text=True, **pipes, **options)

    def output(self, *command: str) -> str:
        """Return what a command prints that asks nothing."""
        with self.run(*command) as process:
            out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return out

    def agree(self, url: str) -> str:
        """Let a person who is signed in agree, and return where their browser ends."""
        page: Any = self.person.go(url)
        return str(page if isinstance(page, str) else self.person.submit(page, decision="allow"))


@pytest.fixture(scope="module")
def resource() -> str:
    """Where the MCP server answers."""
    return f"http://127.0.0.1:{free_port()}/mcp"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, resource: str) -> Iterator[FreshProject]:
    """A project that is served, with the portal open."""
    project = fresh_project(tmp_path_factory.mktemp("project"))
    project.append("settings.py", f'OAUTH_PROVIDER["ISSUER"] = "{project.address}"')
    project.append("settings.py", f'OAUTH_PROVIDER["RESOURCES"] = {{"{resource}": "Quickstart"}}{OPEN}')
    if NODE_MODULES.is_dir():
        (project.folder / "node_modules").symlink_to(NODE_MODULES)
    with project.served():
        yield project


def register(project: FreshProject, kind: str, redirect_uri: str = "", **fields: Any) -> App:
    """Make an app in the portal, as a person does, and open its code page."""
    person = Person(project.address)
    login = person.go(f"{project.address}/accounts/login/")
    person.submit(login, username=USERNAME, password=PASSWORD)
    given = {"name": f"{kind} \"x\" 'y' $(z)", "redirect_uris": redirect_uri} | fields
    made = person.send(person.go(f"{project.address}/oauth/apps/new/?kind={kind}"), **given)
    assert made.status_code == 200, made.text
    assert "is registered" in made.text, made.text
    values = {
        name.upper(): unescape(value)
        for name, value in re.findall(r'<input id="(client_id|client_secret)" value="([^"]*)"', made.text)
    }
    page = person.go(f"{project.address}/oauth/apps/{values['CLIENT_ID']}/code{fields.get('query', '')}")
    texts = re.findall(r"<pre[^>]*><code>(.*?)</code>", page.text, re.DOTALL)
    return App(project, person, values, [unescape(text) for text in texts])


SIGNS_IN = {"scopes": ["openid", "profile", "email", "notes:read"]}


@pytest.fixture
def web(project: FreshProject) -> App:
    """A web application on a port of this machine."""
    return register(project, "web", f"http://127.0.0.1:{free_port()}/callback", **SIGNS_IN)


def where(app: App) -> str:
    """Return where the application listens."""
    return re.search(r"http://127\.0\.0\.1:\d+(?=/callback)", app.text("requests.post"))[0]  # type: ignore[index]


@pytest.mark.thorough
@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_authlib_signs_a_person_in(project: FreshProject, web: App, monkeypatch: pytest.MonkeyPatch) -> None:
    check_site(web, [sys.executable, web.save("client.py", "authlib")], monkeypatch)


@pytest.mark.foreign
@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_openid_client_signs_a_person_in(project: FreshProject, web: App, monkeypatch: pytest.MonkeyPatch) -> None:
    check_site(web, ["node", web.save("sign_in.mjs", "createServer")], monkeypatch)


def check_site(app: App, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign in at the site that ``command`` serves; nobody else is by the same link."""
    for name, value in app.env.items():
        monkeypatch.setitem(os.environ, name, value)
    here = where(app)
    with app.project.serve(command, f"{here}/"):
        browser = Traveller(here, app.project.address)
        page = browser.submit(browser.go(f"{here}/"), username=USERNAME, password=PASSWORD)
        page = browser.submit(page, decision="allow")
        assert page.json()["preferred_username"] == USERNAME
        stranger = Traveller(here, app.project.address)
        assert stranger.go(f"{here}/callback?code=x&state=x").status_code == 400


@pytest.mark.thorough
@pytest.mark.spec("RFC 6749", "4.1")
@pytest.mark.parametrize("kind", ["web", "native"])
def test_requests_signs_a_person_in(project: FreshProject, kind: str) -> None:
    app = register(project, kind, f"http://127.0.0.1:{free_port()}/callback", **SIGNS_IN)
    with app.run(sys.executable, app.save("sign_in.py", "requests.post")) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Open this in a browser:\n"
        arrived = app.agree(process.stdout.readline().strip())
        assert requests.get(arrived, timeout=10).text.startswith("Done.")
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["preferred_username"] == USERNAME


@pytest.mark.thorough
@pytest.mark.spec("RFC 6749", "4.1")
@pytest.mark.parametrize("kind", ["web", "browser", "native"])
def test_curl_redeems_a_code(project: FreshProject, kind: str) -> None:
    app = register(project, kind, f"http://127.0.0.1:{free_port()}/callback", **SIGNS_IN)
    arrived = app.agree(app.text(f"{project.address}/oauth/authorize?").strip())
    code = re.search(r"[?&]code=([^&]+)", arrived)[1]  # type: ignore[index]  # it is there
    out = app.output("sh", "-euc", app.text("CODE=").replace("CODE=paste-the-code", f"CODE={code}"))
    tokens, person = answers(out)
    assert tokens["token_type"] == "Bearer"
    assert person["preferred_username"] == USERNAME


@pytest.mark.foreign
@pytest.mark.spec("RFC 6749", "4.1")
def test_a_page_with_oauth4webapi_signs_a_person_in(project: FreshProject) -> None:
    app = register(project, "browser", f"http://127.0.0.1:{free_port()}/callback", **SIGNS_IN)
    app.save("auth.mjs", "sessionStorage")
    (project.folder / "page.mjs").write_text(PAGE)
    with app.run("node", "page.mjs", f"{project.address}/oauth/userinfo") as process:
        assert process.stdout is not None
        arrived = app.agree(process.stdout.readline().strip())
        out, err = process.communicate(f"{arrived}\n", timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["preferred_username"] == USERNAME


# What a browser has, for a module that runs without one.
PAGE = """
import { createInterface } from "node:readline/promises";
const kept = new Map();
globalThis.sessionStorage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
};
globalThis.location = { assign: (url) => console.log(url.href) };
const { signIn, finish, callApi } = await import("./auth.mjs");
await signIn();
const input = createInterface({ input: process.stdin });
globalThis.location = { href: await input.question("") };
const tokens = await finish();
console.log(await (await callApi(tokens, process.argv[2])).text());
input.close();
"""


@pytest.fixture(scope="module")
def service(project: FreshProject) -> App:
    """A service."""
    return register(project, "service", scopes=["notes:read"])


@pytest.mark.thorough
@pytest.mark.spec("RFC 6749", "4.4")
def test_a_service_gets_its_token_by_requests_and_by_curl(service: App) -> None:
    assert service.output(sys.executable, service.save("call.py", "requests.post")) == "It may: notes:read\n"
    # The last line calls an API of the project's, which this one does not have.

    command = next(one for one in service.texts if "curl" in one).rpartition("\ncurl")[0]
    assert answers(service.output("sh", "-euc", command))[0]["scope"] == "notes:read"


@pytest.mark.foreign
@pytest.mark.spec("RFC 6749", "4.4")
def test_a_service_gets_its_token_by_openid_client(service: App) -> None:
    assert service.output("node", service.save("call.mjs", "clientCredentialsGrant")) == "It may: notes:read\n"


@pytest.mark.thorough
@pytest.mark.spec("RFC 7662", "2.1")
def test_an_api_asks_what_a_token_is_worth(
    project: FreshProject, service: App, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = next(one for one in service.texts if "curl" in one).rpartition("\ncurl")[0]
    token = answers(service.output("sh", "-euc", command))[0]["access_token"]
    api = register(project, "api")
    introspect = api.text("curl").replace("paste-an-access-token", token)
    (told,) = answers(api.output("sh", "-euc", introspect))
    assert (told["active"], told["scope"]) == (True, "notes:read")
    monkeypatch.setitem(os.environ, "CLIENT_SECRET", api.env["CLIENT_SECRET"])
    written: dict[str, Any] = {"INSTALLED_APPS": []}
    exec(api.text("OAUTH_RESOURCE_SERVER"), written)
    settings.OAUTH_RESOURCE_SERVER = written["OAUTH_RESOURCE_SERVER"]
    assert conf.verifier(token).scopes == ("notes:read",)


@pytest.mark.thorough
@pytest.mark.spec("RFC 8707", "2")
def test_an_assistant_connects_by_the_configuration_and_by_the_sdk(project: FreshProject, resource: str) -> None:
    app = register(project, "mcp", "http://127.0.0.1:49152/callback", scopes=["notes:read", "offline_access"])
    said = json.loads(project.manage("oauth_quickstart", "--kind", "mcp", "--json", "--resource", resource).stdout)
    server = project.folder / "mcp_server.py"
    server.write_text(next(one["text"] for one in said["examples"] if one["file"]))
    (configured,) = json.loads(app.text("mcpServers"))["mcpServers"].values()
    assert configured == {
        "type": "http",
        "url": resource,
        "oauth": {"clientId": app.env["CLIENT_ID"], "callbackPort": 49152},
    }
    metadata = resource.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")
    with (
        project.serve([sys.executable, str(server)], metadata),
        app.run(sys.executable, app.save("connect.py", "OAuthClientProvider")) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "Open this in a browser:\n"
        arrived = app.agree(process.stdout.readline().strip())
        out, err = process.communicate(f"{arrived}\n", timeout=60)
    assert process.returncode == 0, err
    assert "who_am_i" in out


@pytest.mark.thorough
def test_every_text_of_the_portal_is_run_here() -> None:
    shown = {path.stem for path in (ROOT / "oauth_provider" / "quickstart" / "texts").glob("*/portal/*")}
    run = Path(__file__).read_text()
    named = {"auth.js": "auth.mjs", "mcp.json": "mcpServers"}
    assert [name for name in shown if f'"{named.get(name, name)}"' not in run] == []
