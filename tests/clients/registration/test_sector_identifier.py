"""Sector identifiers (OpenID Connect Core §8.1): only a document that names every redirect URI speaks for a client."""

import json
from typing import Any

import pytest

from oauth_provider.clients.registration import sector_identifier as sector
from oauth_provider.clients.registration.sector_identifier import SectorError, check_sector
from oauth_provider.fetch import Fetched, FetchError
from tests.each import each

pytestmark = [pytest.mark.spec("OIDC Core", "8.1"), pytest.mark.spec("OIDC Registration", "5")]

SECTOR = "https://sector.example.com/uris.json"
URIS = ("https://a.example/cb", "https://b.example/cb")


def publish(monkeypatch: pytest.MonkeyPatch, answer: Any, status: int = 200) -> None:
    def fetch(url: str) -> Fetched:
        if isinstance(answer, Exception):
            raise answer
        return Fetched(status, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    monkeypatch.setattr(sector, "fetch", fetch)


def test_a_document_that_names_all_and_more_speaks_for_the_client(monkeypatch):
    publish(monkeypatch, [*URIS, "https://c.example/cb"])
    check_sector(SECTOR, URIS)


@each(
    ("answer", "status"),
    [
        (FetchError("private"), 200),
        ([*URIS], 404),
        ({"redirect_uris": [*URIS]}, 200),
        (" ".join(URIS), 200),
        (None, 200),
        (b"\xff\xfe", 200),
        (b"[" * 60_000, 200),
        (b"", 200),
        (b"<html>", 200),
    ],
)
def test_what_is_no_array_speaks_for_nobody(monkeypatch, answer, status):
    publish(monkeypatch, answer, status)
    with pytest.raises(SectorError) as raised:
        check_sector(SECTOR, URIS)
    assert raised.value.missing == ()


@each("listed", [[], [URIS[0]], ["https://b.example/cb/", URIS[0]], [{"uri": URIS[1]}, URIS[0], 5, None]])
def test_each_redirect_uri_is_compared_as_a_string(monkeypatch, listed):
    publish(monkeypatch, listed)
    with pytest.raises(SectorError) as raised:
        check_sector(SECTOR, URIS)
    assert set(raised.value.missing) == set(URIS) - {one for one in listed if isinstance(one, str)}
