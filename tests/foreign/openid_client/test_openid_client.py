"""openid-client on Node.js completes what it can do with a provider, over HTTP; ``npm ci`` has to have been run."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import jose_keys
from tests.client_keys import jwks
from tests.conformance.front_channel.relying_party import Arrived, RelyingParty
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.foreign]

HERE = Path(__file__).parent
BYE = "https://app.example.com/bye"
# What stands in a URL that carries the request itself.
PLAIN = {
    *("client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "response_type", "scope"),
    "state",
}
SENT = {
    "query": {*PLAIN, "prompt"},
    "form_post": {*PLAIN, "response_mode"},
    "PAR": {"client_id", "request_uri"},
    "JAR": {"client_id", "request"},
    "JAR and PAR": {"client_id", "request_uri"},
    "JARM": {*PLAIN, "response_mode"},
    "JAR, PAR and JARM": {"client_id", "request_uri"},
}


@contextmanager
def running(**told: Any) -> Iterator[subprocess.Popen[str]]:
    """The relying party, which knows what it was told and no more."""
    command = ["node", "relying_party.mjs", json.dumps(told)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=HERE, text=True, **pipes) as process:  # type: ignore[call-overload]
        watch = threading.Timer(60, process.kill)  # a relying party that waits for ever fails
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()
            process.kill()


@pytest.fixture
def steps(server: str, user: Any) -> dict[str, dict[str, Any]]:
    """Every step that the relying party took, with a person who signs in and agrees."""
    key = jose_keys.key("ES256")
    policy = {"jwks": jwks(key), "may_introspect": True}
    application = ApplicationFactory(post_logout_redirect_uris=BYE, policy=policy)
    party = RelyingParty(server, application)
    told = {
        "issuer": server,
        "client_id": application.client_id,
        "client_secret": application.secret,
        "redirect_uri": CALLBACK,
        "post_logout_redirect_uri": BYE,
        "key": {**jose_keys.private_jwk("ES256"), "kid": key.kid},
    }
    taken: dict[str, dict[str, Any]] = {}
    with running(**told) as process:
        for line in process.stdout:
            said = json.loads(line)
            if "open" not in said:
                taken[said["step"]] = said
                continue
            page = party.go(said["open"])
            arrived = page if isinstance(page, Arrived) else party.sign_in_and_allow(page, user)
            answer = {"url": arrived.url} | ({"body": arrived.body} if arrived.body else {})
            process.stdin.write(json.dumps(answer) + "\n")
            process.stdin.flush()
        assert process.wait(timeout=10) == 0, process.stderr.read()
    return taken


@pytest.mark.spec("OIDC Discovery", "4.1")
@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("OIDC Core", "6.1")
@pytest.mark.spec("RFC 9126", "4")
@pytest.mark.spec("Form Post", "2")
@pytest.mark.spec("JARM", "2.1")
@pytest.mark.spec("OIDC Core", "12.2")
@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_openid_client_completes_all_that_it_can_do(server: str, user: Any, steps: dict[str, Any]) -> None:
    assert steps["discovery"] == {"step": "discovery", "issuer": server, "pkce": True}

    for name, sent in SENT.items():
        step = steps[name]
        assert set(step["sent"]) == sent, name
        assert step["claims"]["iss"] == server
        assert step["userinfo"]["email"] == user.email
        assert step["userinfo"]["sub"] == step["claims"]["sub"]
        assert set(step["scope"].split()) == {"openid", "email", "offline_access"}
    subjects = {steps[name]["claims"]["sub"] for name in SENT}
    assert len(subjects) == 1

    assert steps["refresh"] == {"step": "refresh", "rotated": True, "sub": subjects.pop(), "same": True}
    revocation = steps["revocation"]
    assert (revocation["before"], revocation["after"], revocation["refused"]) == (True, False, "invalid_grant")
    assert steps["logout"]["landed"] == f"{BYE}?state=bye"
    assert steps["after logout"]["refused"] == "login_required"
