"""Two Django projects sign a user in with this provider, by mozilla-django-oidc and by django-allauth, over HTTP."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from oauth_provider.models import Authorization
from tests.factories import ApplicationFactory
from tests.foreign.project import Project, project
from tests.foreign.traveller import Traveller

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "Nobody is signed in."


def endpoints(server: str) -> dict[str, str]:
    """What the operator of the other project copies from our metadata."""
    metadata = requests.get(f"{server}/.well-known/openid-configuration", timeout=10).json()
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint")
    return {name.upper(): metadata[name] for name in names}


def usernames(theirs: Project) -> list[str]:
    """Whom the other project knows."""
    code = "import django; django.setup(); from django.contrib.auth.models import User; print(*User.objects.all())"
    return theirs.run("-c", code).split()


def sign_in_at(traveller: Traveller, page: Any, user: Any) -> Any:
    """Through our login page and our consent page, back to where it began."""
    consent = traveller.submit(page, username=user.username, password="correct horse")
    return traveller.submit(consent, decision="allow")


def request_sent(traveller: Traveller) -> dict[str, list[str]]:
    """The authorization request that the other project made."""
    (sent,) = {url for url in traveller.visited if "client_id=" in url and urlsplit(url).path == "/oauth/authorize"}
    return parse_qs(urlsplit(sent).query)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_mozilla_django_oidc_signs_a_user_in_and_out(server: str, user: Any, tmp_path: Path) -> None:
    theirs = project("tests.foreign.with_mozilla.settings", tmp_path, **endpoints(server))
    application = ApplicationFactory(
        redirect_uris=f"{theirs.address}/oidc/callback/", post_logout_redirect_uris=f"{theirs.address}/"
    )
    theirs.environment.update(CLIENT_ID=application.client_id, CLIENT_SECRET=application.secret)
    traveller = Traveller(server, theirs.address)
    with theirs.served():
        assert NOBODY in traveller.go(f"{theirs.address}/").text
        home = sign_in_at(traveller, traveller.go(f"{theirs.address}/oidc/authenticate/"), user)
        assert home.url == f"{theirs.address}/"
        assert "Hello, ann@example.com." in home.text
        assert request_sent(traveller)["code_challenge_method"] == ["S256"]
        assert usernames(theirs) == [str(user.pk)]

        left = traveller.submit(home)
        assert left.url == f"{theirs.address}/"
        assert NOBODY in left.text
        again = traveller.go(f"{theirs.address}/oidc/authenticate/")
        assert 'type="password"' in again.text
    assert Authorization.objects.count() == 1


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_mozilla_django_oidc_is_told_that_the_user_said_no(server: str, user: Any, tmp_path: Path) -> None:
    theirs = project("tests.foreign.with_mozilla.settings", tmp_path, **endpoints(server))
    application = ApplicationFactory(redirect_uris=f"{theirs.address}/oidc/callback/")
    theirs.environment.update(CLIENT_ID=application.client_id, CLIENT_SECRET=application.secret)
    traveller = Traveller(server, theirs.address)
    with theirs.served():
        login = traveller.go(f"{theirs.address}/oidc/authenticate/")
        consent = traveller.submit(login, username=user.username, password="correct horse")
        assert NOBODY in traveller.submit(consent, decision="deny").text
    assert not Authorization.objects.exists()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.spec("OIDC Discovery", "4.1")
def test_django_allauth_signs_a_user_in(server: str, user: Any, tmp_path: Path) -> None:
    theirs = project("tests.foreign.with_allauth.settings", tmp_path, ISSUER_URL=server)
    callback = f"{theirs.address}/accounts/oidc/ours/login/callback/"
    application = ApplicationFactory(redirect_uris=callback)
    theirs.environment.update(CLIENT_ID=application.client_id, CLIENT_SECRET=application.secret)
    traveller = Traveller(server, theirs.address)
    with theirs.served():
        offered = traveller.go(f"{theirs.address}/accounts/oidc/ours/login/")
        home = sign_in_at(traveller, traveller.submit(offered), user)
        assert home.url == f"{theirs.address}/"
        assert "Hello, ann@example.com." in home.text
        assert request_sent(traveller)["code_challenge_method"] == ["S256"]
        assert request_sent(traveller)["redirect_uri"] == [callback]
