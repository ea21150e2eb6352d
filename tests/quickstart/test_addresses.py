"""Addresses that ``oauth_quickstart`` prints (RFC 8414 §3): the project answers there, wherever it is mounted."""

import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from django.urls import include, path, set_script_prefix

from oauth_provider.dot.names import application_model
from oauth_provider.urls import accounts, well_known
from tests.checks.urlconf import Root
from tests.each import each
from tests.quickstart.conftest import quickstart, text_of

pytestmark = [pytest.mark.usefixtures("user"), pytest.mark.spec("RFC 8414", "3")]

LOGIN = path("accounts/", include(accounts))
BELOW = path("auth/", include("oauth_provider.urls"))
HERE = path("", include("oauth_provider.urls"))


@pytest.fixture
def script_prefix() -> Iterator[str]:
    """The path that a server in front takes off."""
    set_script_prefix("/app/")
    yield "/app"
    set_script_prefix("/")


@each(
    ("issuer", "patterns", "metadata"),
    [
        ("https://auth.example.com", [HERE], "/.well-known/openid-configuration"),
        ("https://auth.example.com", [*well_known, BELOW], "/.well-known/openid-configuration"),
        # Not where programs look, which a check says; but it is there.
        ("https://auth.example.com", [BELOW], "/auth/.well-known/openid-configuration"),
        ("https://auth.example.com/auth", [*well_known, BELOW], "/auth/.well-known/openid-configuration"),
        ("https://auth.example.com/auth", [BELOW], "/auth/.well-known/openid-configuration"),
        ("https://auth.example.com/tenant", [HERE], "/.well-known/openid-configuration/tenant"),
    ],
)
def test_the_metadata_is_where_it_says_and_names_the_same_endpoints(
    settings: Any, issuer: str, patterns: list[Any], metadata: str
) -> None:
    settings.ROOT_URLCONF = Root(*patterns, LOGIN)
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": issuer}
    server = quickstart("--kind", "service", "--json").json["server"]
    assert server["metadata_url"] == f"https://auth.example.com{metadata}"
    document = Browser().get(metadata, headers={"host": "auth.example.com"}, secure=True).json()
    assert document["issuer"] == server["issuer"] == issuer
    endpoints = {name: url for name, url in server.items() if name not in ("issuer", "metadata_url")}
    assert endpoints == {name: url for name, url in document.items() if name in endpoints}
    assert {"token_endpoint", "authorization_endpoint", "introspection_endpoint", "jwks_uri"} <= set(endpoints)


def test_a_prefix_of_the_server_in_front_is_in_every_address(settings: Any, script_prefix: str) -> None:
    settings.DEBUG = True
    settings.OAUTH_PROVIDER = {name: value for name, value in settings.OAUTH_PROVIDER.items() if name != "ISSUER"}
    said = quickstart("--kind", "service", "--json")
    here = f"http://127.0.0.1:8000{script_prefix}"
    server = said.json["server"]
    assert (server["issuer"], server["token_endpoint"]) == (here, f"{here}/oauth/token")
    assert server["metadata_url"] == f"{here}/.well-known/openid-configuration"
    assert text_of(said, "sh", "ANSWER").endswith(f"{here}/api/hello")
    assert said.json["admin_url"].startswith(f"{here}/admin/")


def test_without_an_admin_the_command_that_deletes_the_client_is_printed(settings: Any) -> None:
    settings.ROOT_URLCONF = Root(HERE, LOGIN)
    said = quickstart("--kind", "web", "--json").json
    assert said["admin_url"] == ""
    client = application_model().objects.get()
    told = quickstart("--kind", "web", "--no-input").out
    command = told.strip().splitlines()[-1]
    assert command.startswith("python manage.py shell -c 'from ")
    program = command.partition("-c ")[2]
    newest = application_model().objects.exclude(pk=client.pk).get()
    exec(*shlex.split(program), {})
    assert not application_model().objects.filter(pk=newest.pk).exists()
    assert application_model().objects.filter(pk=client.pk).exists()


@each(
    ("redirect_uri", "listens", "routes"),
    [
        ("http://127.0.0.1:9000/callback", "127.0.0.1:9000", ["callback", ""]),
        ("http://127.0.0.1/oauth/cb/", "127.0.0.1:8765", ["oauth/cb/", ""]),
        ("http://localhost:9000", "localhost:9000", ["", "home"]),
        ("http://[::1]:9000/sign-in", "[::1]:9000", ["sign-in", ""]),
        ("https://photos.example.com/call%20back", "127.0.0.1:8765", ["call back", ""]),
    ],
)
def test_the_web_application_answers_at_its_redirect_uri(redirect_uri: str, listens: str, routes: list[str]) -> None:
    program = text_of(quickstart("--kind", "web", "--redirect-uri", redirect_uri, "--json"), "py")
    assert f'"--noreload", "{listens}"])' in program
    for route in routes:
        assert f'path("{route}", ' in program
    is_local = redirect_uri.startswith("http:")
    assert f"DEBUG={is_local}," in program
    host = urlsplit(redirect_uri).hostname or ""
    assert f'ALLOWED_HOSTS=["{f"[{host}]" if ":" in host else host}"]' in program
