"""What is fetched of an issuer (RFC 8414 §3, RFC 7517 §5): from where, and what of it is believed."""

import json
from typing import Any

import pytest

from oauth_provider.fetch import Fetched, FetchError, Limits
from oauth_provider.protocol.errors import ServiceUnavailable
from oauth_provider.resource_server.verifiers import jwks
from tests import jose_keys
from tests.resource_server.verifiers.jwks.keys import ISSUER, KEYS, METADATA, WELL_KNOWN, Clock

pytestmark = pytest.mark.spec("RFC 9068", "4")


class Net:
    """Stands for the network: what each URL answers, and with which limits it was asked."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, bool]] = []

    def fetch(self, url: str, limits: Limits, **kwargs: Any) -> Fetched:
        self.asked.append((url, limits.is_configured))
        page = self.pages.get(url)
        if isinstance(page, Exception):
            raise page
        body = page if isinstance(page, bytes) else json.dumps(page).encode()
        return Fetched(404 if page is None else 200, {}, body)


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    net = Net({WELL_KNOWN: METADATA, METADATA["jwks_uri"]: KEYS})
    monkeypatch.setattr(jwks, "fetch", net.fetch)
    return net


def kids() -> list[str]:
    return [key.kid for key in jwks.IssuerKeys(ISSUER).current()]


@pytest.mark.spec("RFC 8414", "3.1")
@pytest.mark.parametrize(
    "place",
    [
        WELL_KNOWN,
        "https://as.example/.well-known/openid-configuration/tenant",
        "https://as.example/tenant/.well-known/openid-configuration",
    ],
)
def test_metadata_is_found_wherever_it_may_be(net: Net, place: str) -> None:
    net.pages = {place: METADATA, METADATA["jwks_uri"]: KEYS}
    assert kids() == [jose_keys.key("ES256").kid]


def test_a_jwks_uri_that_is_given_needs_no_metadata(net: Net, settings: Any) -> None:
    given = "https://keys.internal/jwks"
    settings.OAUTH_RESOURCE_SERVER |= {"JWT": {"JWKS_URIS": {ISSUER: given}}}
    net.pages = {given: KEYS}
    assert kids() == [jose_keys.key("ES256").kid]
    assert net.asked == [(given, True)]


@pytest.mark.parametrize(
    ("uri", "is_trusted"), [(METADATA["jwks_uri"], True), ("https://elsewhere.example/jwks", False)]
)
def test_metadata_leads_into_no_private_network_but_the_issuers(net: Net, uri: str, is_trusted: bool) -> None:
    net.pages = {WELL_KNOWN: METADATA | {"jwks_uri": uri}, uri: KEYS}
    assert kids()
    assert net.asked[-1] == (uri, is_trusted)


@pytest.mark.spec("RFC 8414", "3.3")
@pytest.mark.parametrize(
    "page",
    [
        METADATA | {"issuer": "https://as.example"},
        METADATA | {"issuer": ISSUER + "/"},
        METADATA | {"issuer": [ISSUER]},
        {"jwks_uri": METADATA["jwks_uri"]},
        {"issuer": ISSUER},
        METADATA | {"jwks_uri": 7},
        [METADATA],
        b"",
        b"\xff",
        b"<html>",
        b'{"issuer": "https://as.example/tenant", "issuer": "x", "jwks_uri": "y"}',
        b"[" * 40_000,
        FetchError("down"),
    ],
    ids=lambda page: str(page)[:40],
)
def test_metadata_that_is_not_the_issuers_is_not_believed(net: Net, page: Any) -> None:
    net.pages[WELL_KNOWN] = page
    with pytest.raises(ServiceUnavailable):
        kids()
    assert METADATA["jwks_uri"] not in [url for url, _trusted in net.asked]


@pytest.mark.spec("RFC 7517", "5")
@pytest.mark.parametrize(
    "page",
    [
        {},
        {"keys": {}},
        {"keys": []},
        {"keys": [7, None, {}]},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": KEYS["keys"] * 65},
        [],
        b"\xff",
        b"{",
        FetchError("down"),
        None,
    ],
    ids=lambda page: str(page)[:40],
)
def test_a_key_set_that_is_none_leaves_the_last_keys_in_place(net: Net, clock: Clock, page: Any) -> None:
    keys = jwks.IssuerKeys(ISSUER)
    before = keys.current()
    net.pages[METADATA["jwks_uri"]] = page
    clock.now += 301
    assert keys.current() == before
    with pytest.raises(ServiceUnavailable):
        kids()
