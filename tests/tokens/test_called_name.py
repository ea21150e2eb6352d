"""The name that the server is called by (RFC 8414 §2): one line in the log, the first time it is not the issuer's."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.test import RequestFactory

from oauth_provider.tokens.called_name import MAX_LENGTH, CalledName, called_name
from oauth_provider.tokens.issuer import Issuer

pytestmark = pytest.mark.spec("RFC 8414", "2")

ISSUER = Issuer("https://auth.example.com")


def told(caplog: pytest.LogCaptureFixture, host: str, issuer: Issuer = ISSUER, **extra: Any) -> list[str]:
    caplog.clear()
    CalledName().compare(RequestFactory().get("/", headers={"host": host}, **extra), issuer)
    return [record.getMessage() for record in caplog.records if record.name == "oauth_provider.tokens"]


@pytest.mark.parametrize(
    ("host", "issuer", "secure"),
    [
        ("auth.example.com", "https://auth.example.com", True),
        ("AUTH.example.com:443", "https://auth.example.com", True),
        ("auth.example.com", "https://auth.example.com:443/tenant", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8000", False),
        ("[::1]:8000", "http://[::1]:8000", False),
        ("elsewhere.example.com", "", True),
        ("elsewhere.example.com", "https://[::1", True),
        ("no host", "https://auth.example.com", True),
    ],
)
def test_nothing_is_told_where_the_name_is_right_or_none(
    caplog: pytest.LogCaptureFixture, host: str, issuer: str, secure: bool
) -> None:
    assert told(caplog, host, Issuer(issuer), secure=secure) == []


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    ("host", "issuer", "secure"),
    [
        ("127.0.0.1:8000", "https://auth.example.com", False),
        ("127.0.0.1:8000", "http://localhost:8000", False),
        ("auth.example.com:8443", "https://auth.example.com", True),
    ],
)
def test_another_host_is_told_with_both_names(
    caplog: pytest.LogCaptureFixture, settings: Any, host: str, issuer: str, secure: bool, debug: bool
) -> None:
    settings.DEBUG = debug
    (line,) = told(caplog, host, Issuer(issuer), secure=secure)
    scheme = "https" if secure else "http"
    assert line.startswith(f"A request came to {scheme}://{host}, and ISSUER is {issuer}. Set ISSUER to the URL ")
    assert ("ISSUER may be left out" in line) is debug


def test_a_proxy_that_is_not_told_of_is_named_as_such(caplog: pytest.LogCaptureFixture) -> None:
    (line,) = told(caplog, "auth.example.com")
    assert line.startswith(
        "A request came to http://auth.example.com, and ISSUER is https://auth.example.com. If a proxy"
    )
    assert "SECURE_PROXY_SSL_HEADER" in line


def test_strangers_get_one_short_line_whatever_they_send(caplog: pytest.LogCaptureFixture) -> None:
    watch = CalledName()
    for number in range(50):
        host = f"{number}.{'a' * 500}.example.com"
        watch.compare(RequestFactory().get("/", headers={"host": host}), ISSUER)
    (record,) = caplog.records
    assert len(record.getMessage()) < MAX_LENGTH + 400
    assert record.getMessage().isprintable()


def test_what_programs_post_is_not_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    CalledName().compare(RequestFactory().post("/", headers={"host": "web:8000"}), ISSUER)
    assert caplog.records == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/.well-known/oauth-authorization-server", "/oauth/authorize?client_id=nobody"])
def test_the_first_request_to_discovery_or_authorization_tells(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(called_name, "is_told", False)
    for _ in range(3):
        Browser().get(path)
    lines = [record for record in caplog.records if "A request came to http://testserver" in record.getMessage()]
    assert [line.levelname for line in lines] == ["WARNING"]
