"""First requests to ``runserver``: its console says why one was refused, and what no check can know."""

import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.demo.server import free_port
from tests.setups.newcomers.fresh_project import FreshProject
from tests.setups.newcomers.mistakes import ISSUER, OFF

SEED = (
    "from oauth_provider.testing import create_client; "
    "print(create_client('web', redirect_uris='https://app.example.com/cb', scopes='read').client_id)"
)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to whoever asked: it may lead to a host that there is not."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirects, urllib.request.ProxyHandler({}))


class Served:
    """A project that ``runserver`` serves, and its console."""

    def __init__(self, port: int, console: Path) -> None:
        self.port, self._console = port, console

    @property
    def console(self) -> str:
        return self._console.read_text()

    def ask(self, path: str, form: dict[str, str] | None = None, *, host: str = "") -> tuple[int, str]:
        """Return the status and the body of an answer."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data)
        if host:
            request.add_header("Host", host)
        try:
            with OPENER.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def served(project: FreshProject, *options: str) -> Iterator[Served]:
    port, console = free_port(), project.folder / "console.txt"
    command = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload", *options]
    with console.open("w") as output:
        server = subprocess.Popen(
            command, cwd=project.folder, env=project.environment(), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            site = Served(port, console)
            for _ in range(300):
                if "Quit the server" in site.console or server.poll() is not None:
                    break
                time.sleep(0.1)
            yield site
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> FreshProject:
    """A project whose tables are there, with one client."""
    project = FreshProject.start(tmp_path_factory.mktemp("served"))
    project.run("manage.py", "migrate", "--verbosity", "0").check_returncode()
    return project


@pytest.fixture(scope="module")
def client_id(project: FreshProject) -> str:
    return project.manage("shell", "--verbosity", "0", "-c", SEED).split()[-1]


def test_the_console_says_once_why_a_request_was_refused(project: FreshProject, client_id: str) -> None:
    with served(project) as site:
        wrong = {"grant_type": "authorization_code", "code": "x", "client_id": client_id, "client_secret": "wrong"}
        assert site.ask("/oauth/token", wrong)[0] == 401
        query = f"client_id={client_id}&response_type=code&redirect_uri=https://app.example.com/cb/"
        status, page = site.ask(f"/oauth/authorize?{query}")
        lines = site.console.splitlines()
    assert [line.split()[0] for line in lines if "client_secret_wrong" in line] == ["request_refused"]
    assert [line.split()[0] for line in lines if "redirect_uri_almost_registered" in line] == ["request_refused"]
    assert (status, "differs by a slash at its end" in page, "https://app.example.com/cb" in page) == (400, True, True)
    assert "WARNINGS" not in "\n".join(lines)
    assert "ISSUER" not in "\n".join(lines)


def test_the_console_says_once_that_the_issuer_is_another_host(project: FreshProject, tmp_path: Path) -> None:
    project.add("shop/elsewhere.py", f"from shop.settings import *\n{ISSUER}")
    with served(project, "--settings", "shop.elsewhere") as site:
        for _ in range(3):
            assert site.ask("/.well-known/oauth-authorization-server")[0] == 200
        console, port = site.console, site.port
    assert "(oauth_provider.W116)" in console, "the command says it as it starts"
    told = [line for line in console.splitlines() if line.startswith("A request came to ")]
    assert told == [
        f"A request came to http://127.0.0.1:{port}, and ISSUER is https://auth.example.com. Set ISSUER to the URL "
        "that browsers have, or open that one: a session at one host is none at another. While DEBUG is on ISSUER may "
        "be left out."
    ]


def test_a_proxy_that_ends_tls_is_told_of_by_the_first_request(project: FreshProject, client_id: str) -> None:
    project.add("shop/proxied.py", f"from shop.settings import *\n{OFF}{ISSUER}")
    with served(project, "--settings", "shop.proxied", "--skip-checks") as site:
        path = f"/oauth/authorize?client_id={client_id}&response_type=code"
        site.ask(path, host="auth.example.com")
        console = site.console
    assert "A request came to http://auth.example.com, and ISSUER is https://auth.example.com. If a proxy" in console
    assert "SECURE_PROXY_SSL_HEADER" in console


def test_a_server_without_a_name_says_so_on_its_console(project: FreshProject) -> None:
    project.add("shop/nameless.py", f"from shop.settings import *\n{OFF}")
    with served(project, "--settings", "shop.nameless", "--skip-checks") as site:
        status, _page = site.ask("/.well-known/oauth-authorization-server", host="auth.example.com")
        console = site.console
    assert status == 500
    assert 'OAUTH_PROVIDER["ISSUER"] must be set where DEBUG is off: a request is answered 500.' in console.splitlines()
