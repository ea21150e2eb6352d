"""openid-client on Node.js registers itself and signs a person in, over HTTP; ``npm ci`` has to have been run."""

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from oauth_provider.models import InitialAccessToken
from tests.each import each
from tests.factories import CALLBACK
from tests.person import Person
from tests.registrar import open_door

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.foreign,
    pytest.mark.spec("RFC 7591", "3"),
    pytest.mark.spec("OIDC Registration", "3.2"),
]

HERE = Path(__file__).parent


def steps(server: str, user: Any, **told: Any) -> dict[str, Any]:
    """What the relying party did, by the names of its steps."""
    command = ["node", "registering.mjs", json.dumps({"issuer": server, "redirect_uri": CALLBACK, **told})]
    taken: dict[str, Any] = {}
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=HERE, text=True, **pipes) as process:
        watch = threading.Timer(60, process.kill)  # a relying party that waits for ever fails
        watch.start()
        try:
            for line in process.stdout or ():
                said = json.loads(line)
                if "open" in said:
                    url = Person(server).sign_in_and_allow(said["open"], user)
                    assert process.stdin is not None
                    process.stdin.write(json.dumps({"url": url}) + "\n")
                    process.stdin.flush()
                else:
                    taken[said["step"]] = said
            assert process.wait(timeout=10) == 0, process.stderr and process.stderr.read()
        finally:
            watch.cancel()
            process.kill()
    return taken


@each("method", ["client_secret_basic", "client_secret_post", "none", None])
def test_openid_client_registers_itself_and_completes_a_flow(
    server: str, user: Any, settings: Any, method: str | None
) -> None:
    cache.clear()
    open_door(settings)
    chosen = {} if method is None else {"token_endpoint_auth_method": method}
    taken = steps(server, user, metadata={"scope": "openid email", **chosen})
    registered = taken["registered"]["metadata"]
    assert registered["token_endpoint_auth_method"] == (method or "client_secret_basic")
    assert ("client_secret" in registered) is (method != "none")
    assert taken["signed in"]["claims"]["aud"] == registered["client_id"]
    assert taken["signed in"]["userinfo"]["email"] == user.email


@pytest.mark.spec("RFC 7591", "3")
def test_openid_client_comes_with_an_initial_access_token(server: str, user: Any, settings: Any) -> None:
    cache.clear()
    open_door(settings, NEEDS_TOKEN=True)
    row, token = InitialAccessToken.objects.create_token(uses=1)
    assert "signed in" in steps(server, user, token=token, metadata={"scope": "openid email"})
    row.refresh_from_db()
    assert row.used == 1
