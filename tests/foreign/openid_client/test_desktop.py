"""The desktop app that docs/how-to/mobile-and-desktop.md prints (RFC 8252 §7.3); ``npm ci`` has to have been run."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from oauth_provider.models import Authorization
from oauth_provider.testing import create_client
from tests.person import Person
from tests.printed import printed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.foreign,
    pytest.mark.urls("tests.foreign_urls"),
]

# Node.js looks for packages in the folders above a file.
FOLDER = Path(__file__).parent / "node_modules" / ".desktop"


@pytest.mark.spec("RFC 8252", "7.3")
def test_the_desktop_app_signs_a_person_in_by_a_port_that_was_free(server: str, user: Any) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = FOLDER / "desktop.mjs"
    program.write_text(printed("how-to/mobile-and-desktop.md", "desktop.mjs"))
    client = create_client(
        "native", redirect_uris="http://127.0.0.1/callback", scopes="openid offline_access notes:read"
    )
    environment = {**os.environ, "ISSUER": server, "CLIENT_ID": client.client_id, "API": f"{server}/api/notes"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(["node", str(program)], env=environment, **pipes) as process:
        told = process.stdout.readline()
        assert told.startswith("Open this in your browser: "), told + process.stdout.read()
        callback = Person(server).sign_in_and_allow(told.rpartition(" ")[2].strip(), user)
        assert callback.startswith("http://127.0.0.1:")
        assert requests.get(callback, timeout=10).text == "You can close this window."
        rest = process.stdout.read()
        assert process.wait(timeout=20) == 0, rest
    assert f'{{"user":"{user.username}"}}' in rest
    assert "refresh token in the keychain" in rest
    assert Authorization.objects.get().application == client.application
