"""The frame that tells whether a sign-in still stands (OpenID Connect Session Management 1.0 §3), in a real browser.

The client's page is on another site than the server: ``localhost`` and ``127.0.0.1``.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from oauth_provider.protocol.pkce import s256
from tests.browser.conftest import TIMEOUT, executable
from tests.browser.playground import Playground
from tests.demo.server import Demo

pytestmark = pytest.mark.spec("OIDC Session Management", "3")

CLIENT_ID = "demo-web"
# A client's page: it frames the server's, and asks it.
PAGE = """<!doctype html><title>client</title><link rel="icon" href="data:,"><iframe src="%s"></iframe><script>
window.ask = (question) => new Promise((resolve) => {
  window.addEventListener("message", (event) => resolve([event.data, event.origin]), {once: true});
  document.querySelector("iframe").contentWindow.postMessage(question, "*");
});
</script>"""


@contextmanager
def site(body: str) -> Iterator[str]:
    """A site with this one page; its origin. It is no page of the browser's own, which would not let it frame one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="module")
def framing(seeded: dict[str, Any]) -> str:
    """The page that a client shows, and anybody may."""
    return PAGE % f"{seeded['issuer']}/oauth/check_session"


@pytest.fixture(scope="module")
def client(demo: Demo, framing: str) -> Iterator[str]:
    """The origin of the client, which is registered with it."""
    with site(framing) as origin, closing(sqlite3.connect(demo.database)) as database:
        where = f"WHERE client_id = '{CLIENT_ID}'"
        (before,) = database.execute(f"SELECT redirect_uris FROM oauth2_provider_application {where}").fetchone()
        change = f"UPDATE oauth2_provider_application SET redirect_uris = ? {where}"
        with database:
            database.execute(change, [f"{before} {origin}/callback"])
        yield origin
        with database:
            database.execute(change, [before])


@pytest.fixture(scope="module")
def elsewhere(framing: str) -> Iterator[str]:
    """The origin of somebody who is no client, and frames the same page."""
    with site(framing) as origin:
        yield origin


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page in a browser that lets frames of other sites have cookies; the profiles of other tests do not."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": 0}}))
    profile = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=executable(), args=["--no-sandbox"]
    )
    profile.set_default_timeout(TIMEOUT)
    yield profile.pages[0]
    profile.close()


@pytest.fixture
def session_state(page: Page, unasked: dict[str, Any], client: str) -> str:
    """What the client is given when somebody signs in; the page is back at the client."""
    request = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{client}/callback",
        "scope": "openid notes:read",
        "code_challenge": s256("v" * 43),
        "code_challenge_method": "S256",
    }
    page.goto(f"{unasked['issuer']}/oauth/authorize?{urlencode(request)}")
    Playground(page, unasked).log_in()
    Playground(page, unasked).press("Allow")
    page.wait_for_url(f"{client}/callback**")
    return parse_qs(urlsplit(page.url).query)["session_state"][0]


def ask(page: Page, question: Any) -> Any:
    """What the frame says, and from where."""
    page.wait_for_load_state()
    return page.evaluate("(question) => window.ask(question)", question)


def log_out(page: Page, demo: dict[str, Any]) -> None:
    page.goto(f"{demo['issuer']}/oauth/logout")
    Playground(page, demo).press("Log out")
    page.get_by_role("heading", name="You are logged out").wait_for()


@pytest.mark.spec("OIDF", "oidcc-session-management-rp-initiated-logout")
def test_unchanged_until_the_logout_and_changed_after_it(
    page: Page, seeded: dict[str, Any], session_state: str
) -> None:
    question = f"{CLIENT_ID} {session_state}"
    assert ask(page, question) == ["unchanged", seeded["issuer"]]
    page.reload()
    assert ask(page, question) == ["unchanged", seeded["issuer"]]
    other_tab = page.context.new_page()
    log_out(other_tab, seeded)
    assert ask(page, question) == ["changed", seeded["issuer"]]


def test_a_logout_on_the_projects_own_page_is_seen_as_well(
    page: Page, seeded: dict[str, Any], session_state: str
) -> None:
    other_tab = page.context.new_page()
    other_tab.goto(f"{seeded['issuer']}/")
    Playground(other_tab, seeded).press("Log out demo")
    other_tab.wait_for_load_state()
    assert ask(page, f"{CLIENT_ID} {session_state}")[0] == "changed"


QUESTIONS = (
    "", "client", "client state", "client " + "a" * 64, f"client {'g' * 64}.salt", f"client {'a' * 64}.", 7, None,
    {"client": "state"}, ["client", "state"], f"{'c' * 5000} {'a' * 64}.salt",
)  # fmt: skip


def test_what_is_no_question_is_an_error(page: Page, client: str) -> None:
    page.goto(client)
    for question in QUESTIONS:
        assert ask(page, question)[0] == "error", question


def test_another_clients_name_or_a_made_up_state_is_changed(
    page: Page, seeded: dict[str, Any], session_state: str
) -> None:
    assert ask(page, f"somebody {session_state}")[0] == "changed"
    assert ask(page, f"{CLIENT_ID} {'a' * 64}.salt")[0] == "changed"


def test_a_page_of_another_origin_learns_nothing_from_a_state_that_it_stole(
    page: Page, seeded: dict[str, Any], session_state: str, elsewhere: str
) -> None:
    """It is told the same whether somebody is signed in or not."""
    thief = page.context.new_page()
    thief.goto(elsewhere)
    question = f"{CLIENT_ID} {session_state}"
    assert ask(thief, question)[0] == "changed"
    log_out(page, seeded)
    assert ask(thief, question)[0] == "changed"


def test_a_site_that_is_no_client_hears_the_same_signed_in_or_not(
    page: Page, seeded: dict[str, Any], session_state: str, elsewhere: str
) -> None:
    """Signed out, the browser state is empty, and anybody can make the digest of that."""
    made = hashlib.sha256(f"nobody {elsewhere}  salt".encode()).hexdigest()
    questions = [f"nobody {made}.salt", "nobody "]
    anybody = page.context.new_page()
    anybody.goto(elsewhere)
    assert [ask(anybody, question)[0] for question in questions] == ["changed", "changed"]
    log_out(page, seeded)
    assert [ask(anybody, question)[0] for question in questions] == ["changed", "changed"]


def test_a_client_hears_the_same_of_an_empty_state(
    page: Page, seeded: dict[str, Any], session_state: str, client: str
) -> None:
    made = hashlib.sha256(f"{CLIENT_ID} {client}  salt".encode()).hexdigest()
    log_out(page.context.new_page(), seeded)
    assert ask(page, f"{CLIENT_ID} {made}.salt")[0] == "changed"


def test_a_frame_of_others_within_the_clients_page_is_not_answered(
    page: Page, session_state: str, elsewhere: str
) -> None:
    """An advertisement, say, that found the server's frame beside it."""
    question = f"{CLIENT_ID} {session_state}"
    page.evaluate(
        """(url) => new Promise((resolve) => {
          const frame = document.createElement("iframe");
          frame.addEventListener("load", resolve);
          frame.src = url;
          document.body.append(frame);
        })""",
        elsewhere,
    )
    advertisement = next(frame for frame in page.frames if frame.url.startswith(elsewhere))
    advertisement.evaluate(
        """(question) => {
          window.heard = [];
          window.addEventListener("message", (event) => window.heard.push(event.data));
          window.parent.frames[0].postMessage(question, "*");
        }""",
        question,
    )
    # The frame answers in order: what the client hears comes after what the other would have heard.
    assert ask(page, question)[0] == "unchanged"
    assert advertisement.evaluate("window.heard") == []


def test_where_frames_of_other_sites_see_no_cookies_it_says_so(
    new_context: Callable[..., BrowserContext], client: str
) -> None:
    """Or everybody would seem to be logged out there."""
    page = new_context().new_page()
    page.goto(client)
    assert ask(page, f"{CLIENT_ID} {'a' * 64}.salt")[0] == "error"
