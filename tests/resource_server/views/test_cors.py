"""Beside django-cors-headers (Fetch §3.2): which preflights its middleware lets through for our views."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from django.dispatch import Signal
from django.test import RequestFactory

from oauth_provider.resource_server.views import cors
from tests.driver import AUTHORIZE, JWKS, METADATA, TOKEN, USERINFO
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("Fetch", "3.2")]

ORIGIN = "https://spa.example.com"


@pytest.fixture
def signal() -> Iterator[Signal]:
    """The signal that the package has, whether it is installed or not."""
    package, signals = ModuleType("corsheaders"), ModuleType("corsheaders.signals")
    made = signals.check_request_enabled = Signal()  # type: ignore[attr-defined]
    modules = {"corsheaders": package, "corsheaders.signals": signals}
    with patch.dict("sys.modules", modules), patch.object(cors, "is_installed", return_value=True):
        cors.connect()
        yield made


@pytest.fixture(autouse=True)
def _client() -> None:
    ApplicationFactory(public=True, allowed_origins=ORIGIN)


def is_enabled(signal: Signal, path: str, origin: str | None = ORIGIN, *, method: str = "OPTIONS") -> bool:
    """What the middleware hears."""
    headers: dict[str, Any] = {} if origin is None else {"Origin": origin}
    request = RequestFactory().generic(method, path, headers=headers)
    return any(answer for _receiver, answer in signal.send(sender=None, request=request))


@pytest.mark.parametrize("path", [TOKEN, USERINFO, f"{TOKEN}/"])
def test_a_clients_origin_is_let_through_to_what_clients_call(signal: Signal, path: str) -> None:
    assert is_enabled(signal, path)
    assert not is_enabled(signal, path, "https://evil.example.com")
    assert not is_enabled(signal, path, "null")
    assert not is_enabled(signal, path, None)


@pytest.mark.parametrize("path", [METADATA, JWKS])
def test_every_origin_is_let_through_to_documents(signal: Signal, path: str) -> None:
    assert is_enabled(signal, path, "https://anyone.example.com")
    assert not is_enabled(signal, path, None)


@pytest.mark.parametrize("path", [AUTHORIZE, "/oauth/consent/" + "a" * 43, "/oauth/logout", "/no/such/page"])
def test_no_origin_is_let_through_to_pages(signal: Signal, path: str) -> None:
    assert not is_enabled(signal, path)


def test_answers_bear_their_own_headers(signal: Signal) -> None:
    assert not is_enabled(signal, TOKEN, method="POST")
    assert not is_enabled(signal, METADATA, method="GET")


def test_where_the_middleware_leaves_our_urls_alone_they_answer_for_themselves(signal: Signal, settings: Any) -> None:
    settings.CORS_URLS_REGEX = r"^/api/.*$"
    assert not is_enabled(signal, TOKEN)
    assert not is_enabled(signal, METADATA)


@pytest.mark.spec("RFC 9728", "3")
def test_every_origin_is_let_through_to_the_metadata_of_an_api(signal: Signal, settings: Any) -> None:
    settings.ROOT_URLCONF = "oauth_provider.resource_server.urls"
    assert is_enabled(signal, "/.well-known/oauth-protected-resource", "https://anyone.example.com")


def test_dots_paths_are_served_alike(signal: Signal, settings: Any) -> None:
    settings.ROOT_URLCONF = "oauth_provider.bridge.urls"
    assert is_enabled(signal, "/token/")
    assert not is_enabled(signal, "/authorize/")
