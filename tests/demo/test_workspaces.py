"""A person lets an app into one of two workspaces, finds it among their connected apps, narrows it, and removes it."""

import re
from typing import Any

import pytest

from tests.demo.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")

RADIO = re.compile(r'<input type="radio" name="context" value="(\d+)" required> <bdi>(\w+)</bdi>')


@pytest.fixture
def noor(seeded: dict[str, Any]) -> Visitor:
    """Somebody who belongs to two workspaces, at the consent page."""
    return Visitor(seeded, login="member")


def workspaces(noor: Visitor) -> dict[str, str]:
    """The keys that the consent page offers, by name; it is left unanswered."""
    web = noor.web
    query = {"response_type": "code", "client_id": web["client_id"], "redirect_uri": web["redirect_uris"][0]}
    query |= {"scope": "notes:read", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
    page = noor.browser.get(f"{noor.demo['issuer']}/oauth/authorize", params=query | {"code_challenge_method": "S256"})
    person = noor.demo["member"]
    page = noor.submit(page, username=person["username"], password=person["password"])
    return {name: key for key, name in RADIO.findall(page.text)}


def apps(noor: Visitor) -> Any:
    """Connected apps, as a project's own page would read them."""
    url = f"{noor.demo['issuer']}/oauth/account/apps"
    return noor.browser.get(url, headers={"Accept": "application/json"}, timeout=10).json()["apps"]


def press(noor: Visitor, **form: str) -> None:
    """Press a button of the page of connected apps."""
    url = f"{noor.demo['issuer']}/oauth/account/apps"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', noor.browser.get(url, timeout=10).text)
    assert token
    noor.browser.post(url, form | {"csrfmiddlewaretoken": token[1]}, headers={"Referer": url}, timeout=10)


def test_from_the_choice_of_a_workspace_to_the_last_call(noor: Visitor) -> None:
    """Everything that an app does stays in the workspace, and ends with it."""
    keys = workspaces(noor)
    assert list(keys) == noor.demo["member"]["workspaces"]
    token = noor.allow("notes:read notes:write", chosen={"context": keys["Choir"]})
    assert [note["text"] for note in noor.call("GET", token).json()] == ["Concert on the 12th"]
    made = noor.call("POST", token, json={"text": "Bring the scores"})
    assert made.status_code == 201

    bakery = noor.allow("notes:read", chosen={"context": keys["Bakery"]})
    assert "Bring the scores" not in noor.call("GET", bakery).text
    assert noor.call("DELETE", token, f"{made.json()['id']}/").status_code == 204

    (app,) = apps(noor)
    assert {place["name"] for place in app["places"]} == {"Bakery", "Choir"}
    client_id = app["client_id"]
    press(noor, action="take_back", client_id=client_id, context=keys["Choir"], scope="notes:write")
    assert noor.call("POST", token, json={"text": "Once more"}).status_code == 403
    assert noor.call("GET", token).status_code == 200

    press(noor, action="remove", client_id=client_id)
    assert apps(noor) == []
    for one in (token, bakery):
        assert noor.call("GET", one).status_code == 401
