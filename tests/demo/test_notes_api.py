"""The notes API of the demo, over real HTTP, with tokens that were really issued."""

from typing import Any

import pytest

from tests.demo.server import Demo
from tests.demo.visitor import Visitor

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def visitor(seeded: dict[str, Any]) -> Visitor:
    """Somebody who looks at the demo."""
    return Visitor(seeded)


@pytest.fixture(scope="module")
def token(visitor: Visitor) -> str:
    """A token of the demo user for reading and writing."""
    return visitor.allow("notes:read notes:write")


def test_an_app_writes_lists_and_deletes_the_notes_of_the_person_who_let_it_in(visitor: Visitor, token: str) -> None:
    """The whole of the API."""
    made = visitor.call("POST", token, json={"text": "Milk"})
    assert made.status_code == 201
    assert made.json().keys() == {"id", "text", "created_at"}
    assert made.json() in visitor.call("GET", token).json()

    assert visitor.call("DELETE", token, f"{made.json()['id']}/").status_code == 204
    assert made.json() not in visitor.call("GET", token).json()


@pytest.mark.spec("RFC 6750", "3")
def test_a_call_without_a_token_is_challenged(visitor: Visitor) -> None:
    """401, without an error: nothing was wrong with a token."""
    answer = visitor.call("GET", "")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api", scope="notes:read"'


@pytest.mark.spec("RFC 6750", "3.1")
def test_reading_is_not_writing(seeded: dict[str, Any]) -> None:
    """403 insufficient_scope, naming the scope that is missing."""
    visitor = Visitor(seeded)
    token = visitor.allow("notes:read")

    assert visitor.call("GET", token).status_code == 200
    answer = visitor.call("POST", token, json={"text": "Milk"})
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert "notes:write" in answer.headers["WWW-Authenticate"]


def test_an_app_that_acts_for_itself_has_no_notes(visitor: Visitor) -> None:
    """Its token holds the scope, but no person is behind it."""
    token = visitor.token("service", grant_type="client_credentials", scope="notes:read notes:write")

    assert visitor.call("GET", token).status_code == 403
    assert visitor.call("POST", token, json={"text": "Milk"}).status_code == 403


def test_the_notes_of_others_do_not_exist(visitor: Visitor, token: str, demo: Demo) -> None:
    """404, as for a note that never was."""
    script = (
        "from django.contrib.auth.models import User; from demo_project.notes.models import Note; "
        "print(Note.objects.create(owner=User.objects.create(username='other'), text='Secret').pk)"
    )
    pk = demo.manage("shell", "--no-imports", "--command", script).strip()

    assert visitor.call("DELETE", token, f"{pk}/").status_code == 404
    assert "Secret" not in visitor.call("GET", token).text


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "a\\u0000b"}',
        b'{"text": ""}',
        b'{"text": "\\ud800"}',
        b'{"text": ["a list"]}',
        b'{"text": "' + b"a" * 2001 + b'"}',
        b"{}",
        b"[]",
        b"not json",
        b"\xff",
    ],
)
def test_bad_notes_are_refused(visitor: Visitor, token: str, body: bytes) -> None:
    """400, on every database."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{visitor.demo['issuer']}/api/notes/"

    assert visitor.browser.post(url, data=body, headers=headers).status_code == 400


@pytest.mark.parametrize("pk", ["0", "9" * 19, "9" * 5000])
def test_a_note_that_cannot_be_is_not_found(visitor: Visitor, token: str, pk: str) -> None:
    """However large its number."""
    assert visitor.call("DELETE", token, f"{pk}/").status_code == 404


def test_the_person_reads_their_notes_in_their_own_browser(seeded: dict[str, Any]) -> None:
    """The session is enough there; no scope is asked for."""
    visitor = Visitor(seeded)
    visitor.allow("notes:read")

    assert visitor.browser.get(f"{seeded['issuer']}/api/notes/").status_code == 200


def test_a_page_shows_whom_to_log_in_as_and_every_client(seeded: dict[str, Any], visitor: Visitor) -> None:
    """For whoever wants to write a client of their own."""
    page = visitor.browser.get(f"{seeded['issuer']}/demo/clients").text

    assert seeded["operator"]["password"] in page
    for client in seeded["clients"].values():
        assert client["client_id"] in page


def test_who_may_write_may_read_and_the_token_says_so(seeded: dict[str, Any]) -> None:
    """``notes:write`` implies ``notes:read``."""
    visitor = Visitor(seeded)
    tokens = visitor.tokens("notes:write")

    assert tokens["scope"] == "notes:write notes:read"
    assert visitor.call("GET", tokens["access_token"]).status_code == 200


def test_everybodys_notes_are_for_apps_that_a_member_of_the_staff_let_in(seeded: dict[str, Any]) -> None:
    """Others may allow the rest, and are told what they cannot allow."""
    staff, visitor = Visitor(seeded, login="operator"), Visitor(seeded)

    assert visitor.tokens("notes:read notes:everyone")["scope"] == "notes:read"
    token = staff.tokens("notes:read notes:everyone")
    assert token["scope"] == "notes:read notes:everyone"
    assert staff.call("GET", token["access_token"], "everyone/").status_code == 200
    assert visitor.call("GET", visitor.allow("notes:read"), "everyone/").status_code == 403
