"""The playground without a browser: what comes wrong gets words, and nothing comes that may not."""

import re
import subprocess
from typing import Any

import pytest
import requests

from tests.demo.guest import Guest, connect
from tests.demo.server import Demo, free_port, served

pytestmark = pytest.mark.xdist_group("demo")


def test_a_server_that_does_not_answer_is_one_clear_line(demo: Demo, tmp_path: Any) -> None:
    """The metadata cannot be had, so nothing is sent anywhere."""
    elsewhere = {"PORT": str(free_port()), "ISSUER": f"http://127.0.0.1:{free_port()}"}
    deaf = Demo({**demo.environment, **elsewhere}, demo.database)
    with served(deaf), Guest(f"http://{deaf.address}") as guest:
        page = guest.press("/demo/begin", scope="notes:read").text

    assert f"{elsewhere['ISSUER']} does not answer: nothing listens there" in page
    assert "Go to the authorization server" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize("act", ["exchange", "call", "refresh", "replay", "revoke", "nonsense", "__init__"])
def test_a_button_that_is_not_there_does_nothing(guest: Guest, act: str) -> None:
    """Before anything began, nothing can be done."""
    answer = guest.press(f"/demo/act/{act}", came="0")

    assert answer.status_code == 200
    assert 'class="pg-message"' not in answer.text.replace('<span class="pg-message"', "")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=x",
        "state=x&code=x",
        "state=%00&code=%00&iss=%00",
        "state=x&error=%0d%0aSet-Cookie:a=b",
        "state=" + "x" * 3000,
        "state=a&state=b",
        "error=<script>alert(1)</script>",
    ],
)
def test_whatever_comes_to_the_redirect_uri_is_ignored_in_words(guest: Guest, query: str) -> None:
    """No state of ours, no answer of ours."""
    answer = guest.get(f"{guest.address}/demo/callback?{query}", timeout=10)

    assert answer.status_code == 200
    assert "belongs to no request of Photo Book" in answer.text
    assert "<script>alert" not in answer.text
    assert answer.url == f"{guest.address}/"


@pytest.mark.spec("RFC 9207", "2.4")
def test_an_answer_of_another_server_is_ignored(guest: Guest) -> None:
    """The state is right, the issuer is not."""
    page = guest.press("/demo/begin", scope="notes:read").text
    state = re.search(r"state=([\w-]+)&amp;", page)
    assert state
    answer = guest.get(f"{guest.address}/demo/callback?code=x&state={state[1]}&iss=https://evil.example", timeout=10)

    assert "names another issuer" in answer.text
    assert "Exchange the code" not in answer.text


def test_a_scope_that_is_not_offered_is_not_asked_for(guest: Guest) -> None:
    """Photo Book asks for what it may have."""
    page = guest.press("/demo/begin", scope="admin everything").text

    assert "scope=notes%3Aread&amp;" in page


@pytest.mark.parametrize("path", ["/demo/begin", "/demo/anew", "/demo/act/call", "/demo/forget-consent"])
def test_a_button_needs_the_token_of_its_form(guest: Guest, path: str) -> None:
    """Nobody else's page presses it."""
    assert guest.post(f"{guest.address}{path}", timeout=10).status_code == 403
    assert guest.get(f"{guest.address}{path}", timeout=10).status_code == 405


@pytest.mark.parametrize("path", ["/", "/demo/clients", "/accounts/login/", "/api/docs/", "/api/docs/callback"])
def test_the_demo_sends_a_strict_policy(guest: Guest, path: str) -> None:
    """Nothing inline, nothing from elsewhere, in nobody's frame."""
    answer = guest.get(f"{guest.address}{path}", timeout=10)

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in answer.text
    assert not re.search(r"<script(?! src=)", answer.text)


def test_another_name_of_this_machine_leads_to_the_issuers(guest: Guest) -> None:
    """Cookies are kept per host, and the answer comes to the issuer's."""
    elsewhere = guest.address.replace("127.0.0.1", "localhost")

    assert guest.get(f"{elsewhere}/", timeout=10, allow_redirects=False).headers["Location"] == f"{guest.address}/"


def test_the_cookie_of_the_client_is_its_own_and_out_of_reach(guest: Guest) -> None:
    """Not Django's session, not readable by scripts, not sent from other sites' forms."""
    answer = guest.press("/demo/begin", scope="notes:read")
    cookie = answer.history[0].headers["Set-Cookie"]

    assert cookie.startswith("demo_client=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "demo_session" not in guest.cookies


def test_starting_anew_keeps_what_is_on_its_way_in_another_tab(guest: Guest) -> None:
    """Its answer may still come, and is that of this server."""
    page = guest.press("/demo/begin", scope="notes:read").text
    state = re.search(r"state=([\w-]+)&amp;", page)
    assert state
    guest.press("/demo/anew")
    query = {"code": "oac_x", "state": state[1], "iss": guest.address}
    answer = guest.get(f"{guest.address}/demo/callback", params=query, timeout=10)

    assert answer.status_code == 200
    assert "Exchange the code for tokens" in answer.text


def test_an_answer_with_neither_code_nor_error_is_none(guest: Guest) -> None:
    """The state is right; nothing else is."""
    page = guest.press("/demo/begin", scope="notes:read").text
    state = re.search(r"state=([\w-]+)&amp;", page)
    assert state
    query = {"error": "", "state": state[1], "iss": guest.address}
    answer = guest.get(f"{guest.address}/demo/callback", params=query, timeout=10)

    assert "neither a code nor an error" in answer.text


def test_a_code_that_was_not_looked_at_is_not_thrown_away(demo: Demo, guest: Guest) -> None:
    """The client was refused, not the code: its secret had ended. With the secret back, the code serves."""
    connect(demo, guest)
    ended = "ClientSecret.objects.filter(application__client_id='demo-web')"
    demo.manage("shell", "-c", f"from oauth_provider.models import ClientSecret; {ended}.delete()")
    page = guest.act("exchange").text
    assert "401 invalid_client" in page
    assert "It is over" not in page

    demo.seed()
    assert "Access token" in guest.act("exchange").text


def test_what_the_server_refused_is_not_told_as_done(demo: Demo, guest: Guest) -> None:
    """Disconnect was answered 401, so nothing was given back."""
    connect(demo, guest)
    guest.act("exchange")
    ended = "ClientSecret.objects.filter(application__client_id='demo-web')"
    demo.manage("shell", "-c", f"from oauth_provider.models import ClientSecret; {ended}.delete()")
    page = guest.act("revoke").text
    demo.seed()

    assert "gave its tokens back" not in page
    assert "401 invalid_client" in page


@pytest.mark.parametrize("key", ["x", "../../etc", "a" * 32, "A" * 5000, '"\\000abcdefgh"'])
def test_a_cookie_of_anybodys_making_begins_anew(guest: Guest, key: str) -> None:
    """It names no session, or one that there is not."""
    answer = requests.get(f"{guest.address}/", headers={"Cookie": f"demo_client={key}"}, timeout=10)

    assert answer.status_code == 200
    assert "Connect Photo Book" in answer.text


def test_seeding_mends_what_was_changed(demo: Demo, seeded: dict[str, Any]) -> None:
    """A suspended client, a locked account, an operator without rights."""
    demo.manage(
        "shell", "-c",
        "from django.contrib.auth.models import User; from oauth_provider.models import ClientPolicy;"
        "ClientPolicy.objects.update(status='suspended', rotate_refresh_tokens=False);"
        "User.objects.filter(username__in=['demo', 'admin']).update(is_active=False, is_staff=False)",
    )  # fmt: skip
    demo.seed()
    found = demo.manage(
        "shell", "-v0", "-c",
        "from django.contrib.auth.models import User; from oauth_provider.models import ClientPolicy;"
        "seeded = User.objects.filter(username__in=['demo', 'admin']);"
        "print(ClientPolicy.objects.filter(status='suspended').count(), seeded.filter(is_active=False).count(),"
        "seeded.filter(is_staff=True).count())",
    )  # fmt: skip

    assert found.split() == ["0", "0", "1"]


def test_a_demo_that_others_can_reach_needs_a_key_of_its_own(demo: Demo) -> None:
    """Its passwords would follow from a key that everybody knows."""
    open_to_all = Demo({**demo.environment, "ISSUER": "https://demo.example.com"}, demo.database)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        open_to_all.manage("check")

    assert "needs a SECRET_KEY of its own" in refused.value.stderr
    assert "no issues" in Demo({**open_to_all.environment, "SECRET_KEY": "x" * 50}, demo.database).manage("check")
