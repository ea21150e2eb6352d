"""Where the walk sends secrets (RFC 8414 §3.3 and §6.2): to the server that was named, and to the screen never."""

import json

import pytest

from tests.walk.changes import at, found
from tests.walk.conftest import options, walk
from tests.walk.fake_server import PASSWORD, SECRET, page, redirect


@pytest.mark.spec("RFC 8414", "3.3")
def test_a_server_that_calls_itself_another_is_sent_nothing(fake):
    server = fake(at("metadata", lambda one: one.saying(issuer="https://evil.example")))
    assert any("https://evil.example" in one for one in found(server))
    assert [path for path, _header, _form in server.seen] == ["/.well-known/oauth-authorization-server"]


@pytest.mark.spec("RFC 8414", "3.3")
def test_an_issuer_is_taken_letter_for_letter(fake):
    server = fake()
    assert any("its issuer is" in one for one in found(server, url=f"{server.url}/"))
    server.issuer = f"{server.url}/"
    assert walk(*options(server, url=server.issuer)).error == ""
    assert any("its issuer is" in one for one in found(server))


@pytest.mark.spec("RFC 8414", "6.2")
@pytest.mark.parametrize("endpoint", ["authorization", "token", "revocation", "introspection"])
def test_metadata_cannot_lead_credentials_elsewhere(fake, endpoint):
    thief = fake()
    server = fake(at("metadata", lambda one: one.saying(**{f"{endpoint}_endpoint": f"{thief.url}/token"})))
    assert "Every endpoint is on the server that was named" in found(server)
    assert thief.seen == []


@pytest.mark.spec("RFC 8414", "6.2")
@pytest.mark.parametrize("endpoint", ["authorization", "token", "revocation", "introspection"])
def test_metadata_cannot_lead_credentials_to_the_api(fake, endpoint):
    api = fake()
    server = fake(at("metadata", lambda one: one.saying(**{f"{endpoint}_endpoint": f"{api.url}/token"})))
    assert "Every endpoint is on the server that was named" in found(server, api=f"{api.url}/api")
    assert api.seen == []


def test_an_api_elsewhere_gets_the_access_token_alone(fake):
    api, server = fake(), fake()
    found(server, api=f"{api.url}/api")
    issued = {json.loads(answer.body)["access_token"] for family in server.families for answer in family["answers"]}
    assert {path for path, _header, _form in api.seen} == {"/api"}
    sent = {header for _path, header, _form in api.seen if header}
    assert sent
    assert sent <= {f"Bearer {token}" for token in issued}
    assert not any(form for _path, _header, form in api.seen)


@pytest.mark.parametrize("path", ["authorization", "login"])
def test_neither_form_nor_redirect_can_lead_the_password_elsewhere(fake, path):
    thief = fake()
    form = f'<form method="post" action="{thief.url}/login"><input name="name"><input type="password" name="w"></form>'
    answer = page(form) if path == "login" else redirect(f"{thief.url}/login")
    server = fake(at(path, lambda one: answer))
    assert any(thief.url in one for one in found(server))
    assert thief.seen == []


def test_no_secret_is_printed(fake):
    for arguments in ([], ["--json"]):
        outcome = walk(*options(fake()), "--grant", "all", *arguments)
        assert outcome.error == ""
        for secret in (SECRET, PASSWORD, PASSWORD.replace(" ", "+"), "the-secret-of-the-api", "session=abc"):
            assert secret not in outcome.out
        assert json.dumps(f"…{SECRET[-4:]}")[1:-1] in outcome.out or f"…{SECRET[-4:]}" in outcome.out
