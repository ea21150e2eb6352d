"""*Forget my consent* (RFC 7009 §1): one button, after which the walk begins as if it never had been gone."""

import re
from typing import Any

import pytest
import requests

from tests.demo.guest import Guest, connect
from tests.demo.server import Demo

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.spec("RFC 7009", "2.1")]
FORGET = "/demo/forget-consent"
TOKENS = re.compile(r'<span class="pg-part-prefix">(oat_|ort_)</span>(.*?)</code>')


def newest_tokens(page: str) -> dict[str, str]:
    """The access token and the refresh token that the page shows last, by their prefixes."""
    return {prefix: prefix + re.sub("<[^>]*>", "", rest) for prefix, rest in TOKENS.findall(page)}


def call(guest: Guest, token: str) -> int:
    """The status with which the notes API answers."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{guest.address}/api/notes/", headers=headers, timeout=10).status_code


def refresh(guest: Guest, demo: dict[str, Any], token: str) -> dict[str, Any]:
    """The answer to Photo Book's refresh."""
    client = demo["clients"]["web"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    auth = (client["client_id"], client["client_secret"])
    answer: dict[str, Any] = requests.post(f"{guest.address}/oauth/token", data=form, auth=auth, timeout=10).json()
    return answer


@pytest.fixture
def connected(demo: Demo, guest: Guest) -> Guest:
    """Somebody whose consent is remembered."""
    connect(demo, guest)
    assert not connect(demo, guest)
    return guest


def test_the_next_walk_asks_for_consent_again(demo: Demo, connected: Guest) -> None:
    page = connected.press(FORGET).text

    assert "Your consent is forgotten: Photo Book has to ask you again" in page
    assert "Connect Photo Book" in page
    assert "Forget my consent" not in page
    assert connect(demo, connected)


def test_every_token_of_the_sign_in_ends(demo: Demo, seeded: dict[str, Any], connected: Guest) -> None:
    tokens = newest_tokens(connected.act("exchange").text)
    assert call(connected, tokens["oat_"]) == 200
    connected.press(FORGET)

    assert call(connected, tokens["oat_"]) == 401
    assert refresh(connected, seeded, tokens["ort_"])["error"] == "invalid_grant"


def test_a_code_that_was_on_its_way_is_worth_nothing_any_more(demo: Demo, guest: Guest) -> None:
    connect(demo, guest)
    page = guest.get(f"{guest.address}/", timeout=10).text
    code = re.search(r'<span class="pg-part-prefix">oac_</span>(.*?)</code>', page)
    assert code
    guest.press(FORGET)
    visitor = guest.get(f"{guest.address}/", timeout=10).text

    assert "Exchange the code for tokens" not in visitor
    client = demo.seed()["clients"]["web"]
    form = {"grant_type": "authorization_code", "code": "oac_" + re.sub("<[^>]*>", "", code[1])}
    form |= {"redirect_uri": client["redirect_uris"][0], "code_verifier": "v" * 43}
    auth = (client["client_id"], client["client_secret"])
    assert requests.post(f"{guest.address}/oauth/token", data=form, auth=auth, timeout=10).status_code == 400


def test_whoever_is_logged_in_stays_so(connected: Guest) -> None:
    assert "Log out demo" in connected.press(FORGET).text


def test_the_trail_says_who_did_it(demo: Demo, connected: Guest) -> None:
    connected.press(FORGET)
    newest = "AuditEvent.objects.filter(kind='consent_withdrawn').latest('pk')"
    found = demo.manage(
        "shell", "-v0", "-c",
        "from django.contrib.auth.models import User; from oauth_provider.models import AuditEvent;"
        f"print({newest}.actor == str(User.objects.get(username='demo').pk))",
    )  # fmt: skip
    assert found.strip() == "True"


def test_somebody_who_is_not_logged_in_has_nothing_to_forget(demo: Demo, connected: Guest) -> None:
    with Guest(connected.address) as stranger:
        assert "Forget my consent" not in stranger.get(f"{stranger.address}/", timeout=10).text
        assert "Nobody is logged in here" in stranger.press(FORGET).text

    assert not connect(demo, connected)


def test_nobody_elses_consent_is_forgotten(demo: Demo, connected: Guest) -> None:
    operator = demo.seed()["operator"]
    with Guest(connected.address) as other:
        login = f"{other.address}/admin/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', other.get(login, timeout=10).text)
        assert token
        other.post(login, data={"csrfmiddlewaretoken": token[1], **operator}, timeout=10)
        assert "Log out admin" in other.press(FORGET).text

    assert not connect(demo, connected)
