"""The Auth.js app that docs/how-to/sign-in-nextauth.md prints signs somebody in; ``npm ci`` has to have been run."""

import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from oauth_provider.models import Authorization
from oauth_provider.testing import create_client
from tests.demo.server import free_port, wait_for
from tests.foreign.auth_js.tls import make_certificate, tls_in_front_of
from tests.foreign.traveller import Traveller
from tests.printed import printed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.foreign]

HERE = Path(__file__).parent
PAGE = "how-to/sign-in-nextauth.md"


@pytest.fixture
def issuer(server: str, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The server's address over TLS, which is its issuer: Auth.js asks no other."""
    parts = urlsplit(server)
    with tls_in_front_of((str(parts.hostname), int(parts.port or 0)), make_certificate(tmp_path)) as url:
        settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": url}
        yield url


@pytest.fixture
def app(issuer: str, tmp_path: Path) -> Iterator[str]:
    """The app as the page has it, on a port of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    client = create_client(
        "web", name="Site", redirect_uris=f"{url}/api/auth/callback/example", scopes="openid profile email"
    )
    source = re.sub(r"\b3000\b", str(port), printed(PAGE, "app.js"))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "app.js").write_text(source)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    environment = {
        **os.environ,
        "AUTH_SECRET": secrets.token_hex(),
        "OAUTH_ISSUER": issuer,
        "OAUTH_CLIENT_ID": client.client_id,
        "OAUTH_CLIENT_SECRET": client.client_secret,
        "NODE_EXTRA_CA_CERTS": str(tmp_path / "certificate.pem"),
    }
    log = tmp_path / "app.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["node", "app.js"], cwd=tmp_path, env=environment, stdout=output, stderr=output, text=True
        )
    try:
        wait_for(f"{url}/", log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def begin(app: str, issuer: str, traveller: Traveller) -> Any:
    """Press the button of Auth.js's own page, and arrive at the provider, which the browser calls without TLS."""
    browser = traveller.browser
    token = browser.get(f"{app}/api/auth/csrf", timeout=10).json()["csrfToken"]
    pressed = browser.post(
        f"{app}/api/auth/signin/example", data={"csrfToken": token}, allow_redirects=False, timeout=10
    )
    location = pressed.headers["Location"]
    assert location.startswith(f"{issuer}/oauth/authorize?"), location
    return location.replace(issuer, traveller.servers[0])


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("RFC 9207", "2.4")
def test_somebody_is_signed_in_and_has_a_name(app: str, issuer: str, server: str, user: Any) -> None:
    traveller = Traveller(server, app)
    asked = begin(app, issuer, traveller)
    sent = parse_qs(urlsplit(asked).query)
    assert {"state", "nonce", "code_challenge"} <= set(sent)
    assert sent["code_challenge_method"] == ["S256"]
    consent = traveller.submit(traveller.go(asked), username=user.username, password="correct horse")
    traveller.submit(consent, decision="allow")
    session = traveller.browser.get(f"{app}/", timeout=10).json()
    assert session["user"] == {"name": "Ann Lee", "email": "ann@example.com"}
    assert Authorization.objects.get().scope == "openid profile email"


def test_an_answer_from_somewhere_else_signs_nobody_in(app: str, issuer: str, server: str, user: Any) -> None:
    """A code in a browser that did not begin: Auth.js finds no state of its own."""
    begin(app, issuer, Traveller(server, app))
    stranger = requests.Session()
    answer = stranger.get(f"{app}/api/auth/callback/example?code=x&state=y&iss={issuer}", timeout=10)
    assert "error" in answer.url
    assert stranger.get(f"{app}/", timeout=10).json() is None
