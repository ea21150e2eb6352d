"""What registration fetches (RFC 7591 §5): logos, sectors and key sets, once, late, and never from inside a network."""

import json
import socket
from typing import Any
from unittest.mock import patch

import pytest

from oauth_provider.clients.keys import jwks_uri
from oauth_provider.clients.registration import fetched_logo, sector_identifier
from oauth_provider.fetch import Fetched, FetchError
from oauth_provider.models import ClientLogo, ClientPolicy
from tests import ledger, logos
from tests.each import each
from tests.factories import CALLBACK
from tests.registrar import Registrar, open_door

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]

LOGO = "https://app.example.com/logo.png"
SECTOR = "https://sector.example.com/uris"


class Net:
    """Stands for the network, and counts who was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []

    def fetch(self, url: str, *args: Any, **kwargs: Any) -> Fetched:
        """In the place of ``oauth_provider.fetch.fetch``."""
        self.asked.append(url)
        answer = self.answers.get(url, FetchError("nobody there"))
        if isinstance(answer, Exception):
            raise answer
        return Fetched(200, {}, answer)


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Net:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"PAIRWISE_SECRET": "s" * 32}
    made = Net()
    for module in (fetched_logo, sector_identifier, jwks_uri):
        monkeypatch.setattr(module, "fetch", made.fetch)
    return made


def test_a_logo_is_fetched_once_and_made_anew(net: Net, registrar: Registrar) -> None:
    net.answers[LOGO] = logos.drawn()
    made = registrar.made(logo_uri=LOGO)
    assert made["logo_uri"] == LOGO
    digest = ClientPolicy.objects.get().logo
    image = ClientLogo.objects.image_of(digest)
    assert image is not None
    assert image != net.answers[LOGO]
    changed = registrar.put(made, client_name="Album").json()
    assert (net.asked, ClientPolicy.objects.get().logo) == ([LOGO], digest)
    registrar.put(changed, logo_uri=None)
    assert (ClientPolicy.objects.get().logo, ClientLogo.objects.exists()) == ("", False)


def test_a_logo_that_an_operator_gave_stays(net: Net, registrar: Registrar) -> None:
    made = registrar.made()
    ClientPolicy.objects.update(logo="a" * 64)
    registrar.put(made, client_name="Album")
    assert ClientPolicy.objects.get().logo == "a" * 64


@pytest.mark.spec("RFC 7591", "3.2.2")
@each(
    "found",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a",
        b"",
        b"\x89PNG\r\n\x1a\n",
        FetchError("private address"),
        FetchError("connection refused"),
        FetchError("it redirects"),
    ],
)
def test_whatever_else_is_found_is_refused_in_the_same_words(net: Net, registrar: Registrar, found: Any) -> None:
    net.answers[LOGO] = found
    with ledger.unchanged():
        response = registrar.post(logo_uri=LOGO)
    said = response.json()
    assert (response.status_code, said["error"]) == (400, "invalid_client_metadata")
    assert said["error_description"].startswith("logo_uri: no PNG, JPEG or WebP image")


def test_nothing_is_fetched_for_what_is_refused_anyway(net: Net, registrar: Registrar) -> None:
    net.answers[LOGO] = logos.drawn()
    registrar.post(logo_uri=LOGO, scope="no:such")
    registrar.post(logo_uri=LOGO, sector_identifier_uri=SECTOR, redirect_uris=["http://a.example/"])
    assert net.asked == []


@pytest.mark.spec("RFC 9101", "10.4")
@pytest.mark.spec("OIDC Registration", "5")
@each("member", ["jwks_uri", "logo_uri", "sector_identifier_uri"])
@each("url", ["https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x", "https://169.254.169.254/latest"])
def test_no_connection_is_opened_into_a_network(registrar: Registrar, settings: Any, member: str, url: str) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"PAIRWISE_SECRET": "s" * 32}
    tried: list[Any] = []
    more = {
        "jwks_uri": {"id_token_encrypted_response_alg": "RSA-OAEP-256", "token_endpoint_auth_method": "private_key_jwt"}
    }.get(member, {})
    with patch.object(socket.socket, "connect", lambda *where: tried.append(where)), ledger.unchanged():
        response = registrar.post(**{member: url}, **more, subject_type="pairwise")
    assert tried == []
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client_metadata"
    assert "127." not in response.json()["error_description"].replace(url, "")


def test_who_is_refused_for_what_it_names_has_been_counted(net: Net, settings: Any) -> None:
    open_door(settings, PER_ADDRESS="2/hour")
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"PAIRWISE_SECRET": "s" * 32}
    registrar = Registrar()
    codes = [registrar.post(logo_uri=f"https://app.example.com/{n}.png").status_code for n in range(4)]
    assert codes == [400, 400, 429, 429]
    assert len(net.asked) == 2


def test_an_update_that_has_us_fetch_is_counted_too(net: Net, settings: Any) -> None:
    net.answers[LOGO] = logos.drawn()
    open_door(settings, PER_ADDRESS="2/hour")
    registrar = Registrar()
    made = registrar.made()
    codes = []
    for number in range(4):
        response = registrar.put(made, logo_uri=LOGO if number % 2 == 0 else None)
        made = response.json() if response.status_code == 200 else made
        codes.append(response.status_code)
    assert codes == [200, 200, 429, 200]
    assert net.asked == [LOGO]


@pytest.mark.spec("OIDC Core", "8.1")
def test_a_sector_speaks_for_all_redirect_uris_after_an_update_too(net: Net, registrar: Registrar) -> None:
    net.answers[SECTOR] = json.dumps([CALLBACK]).encode()
    made = registrar.made(subject_type="pairwise", sector_identifier_uri=SECTOR)
    assert made["sector_identifier_uri"] == SECTOR
    response = registrar.put(made, redirect_uris=[CALLBACK, "https://evil.example/cb"])
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client_metadata"
