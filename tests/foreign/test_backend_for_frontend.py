"""The backend that docs/how-to/single-page-app.md prints, against this provider, over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oauth_provider.models import Authorization
from oauth_provider.testing import create_client
from oauth_provider.tokens.ending import Reason, revoke_authorizations
from tests.foreign.project import Project, project
from tests.foreign.traveller import Traveller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foreign_urls")]


@pytest.fixture
def theirs(server: str, tmp_path: Path) -> Iterator[Project]:
    made = project("tests.foreign.with_backend.settings", tmp_path, ISSUER=server, API=server)
    client = create_client(
        "web", name="Photo Book", redirect_uris=f"{made.address}/bff/callback", scopes="openid notes:read notes:write"
    )
    made.environment.update(CLIENT_ID=client.client_id, CLIENT_SECRET=client.client_secret)
    made.environment.update(AUTHLIB_INSECURE_TRANSPORT="1")
    with made.served():
        yield made


@pytest.fixture
def traveller(server: str, theirs: Project, user: Any) -> Traveller:
    """A person who has let the app in."""
    person = Traveller(server, theirs.address)
    consent = person.submit(person.go(f"{theirs.address}/bff/login"), username=user.username, password="correct horse")
    assert person.submit(consent, decision="allow").text == "The app."
    return person


@pytest.mark.spec("RFC 6749", "4.1.3")
def test_the_page_calls_the_api_and_never_sees_a_token(theirs: Project, traveller: Traveller, user: Any) -> None:
    browser = traveller.browser
    assert browser.get(f"{theirs.address}/bff/session").json() == {"person": str(user.pk)}
    assert browser.get(f"{theirs.address}/bff/api/notes").json() == {"user": user.username}
    assert not [cookie for cookie in browser.cookies if "oat_" in cookie.value or "ort_" in cookie.value]


def test_nothing_is_passed_on_without_a_session_a_csrf_token_or_a_route(
    theirs: Project, traveller: Traveller, server: str
) -> None:
    stranger = Traveller(server, theirs.address).browser
    answer = stranger.get(f"{theirs.address}/bff/api/notes")
    assert (answer.status_code, answer.json()) == (401, {"login": "/bff/login"})
    assert traveller.browser.post(f"{theirs.address}/bff/api/notes").status_code == 403
    assert traveller.browser.get(f"{theirs.address}/bff/api/elsewhere").status_code == 404
    assert traveller.browser.get(f"{theirs.address}/bff/api/..%2Foauth%2Fuserinfo").status_code == 404


@pytest.mark.spec("RFC 6749", "6")
def test_it_renews_its_token_and_sends_people_to_sign_in_when_that_is_over(
    theirs: Project, traveller: Traveller, user: Any
) -> None:
    def age_token() -> str:
        """Let the token in the session be over; the name that it had."""
        code = (
            "import django; django.setup()\n"
            "from django.contrib.sessions.backends.db import SessionStore\n"
            f"store = SessionStore({traveller.browser.cookies.get('app_session')!r})\n"
            "print(store['token']['access_token'])\n"
            "store['token'] = {**store['token'], 'expires_at': 1}\n"
            "store.save()"
        )
        return theirs.run("-c", code).strip()

    first = age_token()
    assert traveller.browser.get(f"{theirs.address}/bff/api/notes").json() == {"user": user.username}
    assert age_token() != first
    revoke_authorizations(Authorization.objects.all(), Reason.OPERATOR)
    over = traveller.browser.get(f"{theirs.address}/bff/api/notes")
    assert (over.status_code, over.json()) == (401, {"login": "/bff/login"})
    assert traveller.browser.get(f"{theirs.address}/bff/session").json() == {"person": None}
