"""Subjects (OpenID Connect Core §8): what each client calls a person, everywhere alike and for good."""

import base64
import json
from typing import Any

import pytest

from oauth_provider.models import ClientPolicy, ClientSecret
from oauth_provider.models.client import as_client
from oauth_provider.protocol.errors import ServerError
from oauth_provider.tokens.subject import subject_of
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import METADATA, USERINFO, Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "8")]

SECRET = "a secret that is never to be rotated"
SECTOR = "https://sector.example.com/redirect-uris.json"
PAIRWISE = {"subject_type": "pairwise"}


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "PAIRWISE_SECRET": SECRET}


def pairwise(user: Any = None, *, redirect_uri: str = CALLBACK, **policy: Any) -> Driver:
    driver = signed_in(user, redirect_uri=redirect_uri, policy={**PAIRWISE, **policy})
    driver.scope = "openid notes:read"
    return driver


def payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def sub_of(driver: Driver) -> str:
    return str(payload(driver.tokens()["id_token"])["sub"])


def test_a_client_that_asked_for_nothing_is_told_the_public_one():
    user = UserFactory()
    driver = signed_in(user)
    driver.scope = "openid"
    assert sub_of(driver) == str(user.pk)


@pytest.mark.spec("OIDC Core", "8.1")
def test_a_pairwise_one_is_the_same_in_every_answer_to_this_client():
    user = UserFactory()
    driver = pairwise(user, may_introspect=True)
    tokens = driver.tokens()
    sub = payload(tokens["id_token"])["sub"]
    assert sub != str(user.pk)
    assert len(sub) == 43
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert driver.browser.get(USERINFO, headers=headers).json()["sub"] == sub
    for token in (tokens["access_token"], tokens["refresh_token"]):
        told = driver.introspect(token).json()
        assert told["sub"] == sub
        assert user.username not in json.dumps(told)
    refreshed = driver.refresh(tokens["refresh_token"]).json()
    assert payload(refreshed["id_token"])["sub"] == sub
    ClientPolicy.objects.update(userinfo_signed_response_alg="ES256")
    assert payload(driver.browser.get(USERINFO, headers=headers).content.decode())["sub"] == sub


@pytest.mark.spec("RFC 7662", "2.2")
def test_each_who_introspects_is_told_in_its_own_words():
    user = UserFactory()
    access_token = pairwise(user).tokens()["access_token"]
    api = Driver(ApplicationFactory(policy={"may_introspect": True})).introspect(access_token).json()
    assert (api["sub"], api["username"]) == (str(user.pk), user.username)
    assert "authorization_id" in api
    other = ApplicationFactory(policy={**PAIRWISE, "may_introspect": True}, redirect_uris="https://api.example/cb")
    told = Driver(other).introspect(access_token).json()
    assert told["sub"] == subject_of(user, as_client(other))
    assert not {"username", "authorization_id"} & set(told)  # two APIs would know a person again by either


def test_an_api_of_this_project_goes_on_knowing_its_users():
    user = UserFactory()
    token = verify(pairwise(user).tokens()["access_token"])
    assert (token.sub, token.user) == (str(user.pk), user)


@pytest.mark.spec("OIDC Core", "8.1")
def test_two_sectors_know_a_person_by_two_names_and_two_people_have_two():
    user = UserFactory()
    first, second = pairwise(user), pairwise(user, redirect_uri="https://other.example.com/callback")
    subs = {sub_of(first), sub_of(second), sub_of(pairwise())}
    assert len(subs) == 3


@pytest.mark.spec("OIDC Core", "8.1")
@pytest.mark.parametrize("uri", [f"{CALLBACK}2", "https://APP.example.com:8443/x"])
def test_clients_of_one_host_share_their_names(uri):
    user = UserFactory()
    other = ApplicationFactory(policy=PAIRWISE, redirect_uris=uri)
    assert sub_of(pairwise(user)) == subject_of(user, as_client(other))


@pytest.mark.spec("OIDC Core", "8.1")
def test_clients_of_one_sector_identifier_share_them_whatever_their_hosts():
    user = UserFactory()
    mine = pairwise(user, sector_identifier_uri=SECTOR)
    uris = "https://a.example/cb https://b.example/cb com.example.app:/cb"
    other = ApplicationFactory(policy={**PAIRWISE, "sector_identifier_uri": SECTOR}, redirect_uris=uris)
    assert sub_of(mine) == subject_of(user, as_client(other))


def test_a_rotated_secret_key_changes_nobodys_name(settings):
    driver = pairwise()
    before = sub_of(driver)
    user = driver.browser.session["_auth_user_id"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    driver.sign_in(UserFactory._meta.model.objects.get(pk=user))
    assert sub_of(driver) == before


@pytest.mark.spec("OIDC Core", "5.5.1")
def test_a_client_asks_for_a_person_by_the_name_it_knows():
    user, other = UserFactory(), UserFactory()
    driver = pairwise(user)
    tokens = driver.tokens()
    sub = payload(tokens["id_token"])["sub"]
    theirs = subject_of(other, as_client(driver.application))

    def asks(**request: Any) -> dict[str, str]:
        return query_of(driver.authorize(prompt="none", **request)["Location"])

    def named(name: str) -> str:
        return json.dumps({"id_token": {"sub": {"value": name}}})

    assert "code" in asks(claims=named(sub))
    assert "code" in asks(id_token_hint=tokens["id_token"])
    with ledger.unchanged():
        for name in (theirs, str(user.pk)):
            assert asks(claims=named(name))["error"] == "login_required"
    driver.sign_in(other)
    with ledger.unchanged():
        assert asks(id_token_hint=tokens["id_token"])["error"] == "login_required"


NAMELESS = {
    "two hosts": ("https://a.example/cb https://b.example/cb", SECRET),
    "an app": ("com.example.app:/cb", SECRET),
    "loopback": ("http://127.0.0.1/cb", SECRET),
    "none": ("", SECRET),
    "no secret": (CALLBACK, ""),
}


@each(("uris", "secret"), NAMELESS.values(), ids=NAMELESS)
def test_where_no_name_can_be_made_the_public_one_does_not_stand_in(settings, uris, secret):
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "PAIRWISE_SECRET": secret}
    client = as_client(ApplicationFactory(policy=PAIRWISE, redirect_uris=uris))
    with pytest.raises(ServerError):
        subject_of(UserFactory(), client)


def test_a_code_is_not_spent_on_an_id_token_that_can_name_nobody(settings):
    driver = pairwise()
    code = driver.code()
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "server_error", 500)
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "PAIRWISE_SECRET": SECRET}
    assert driver.redeem(code).status_code == 200
    assert ClientSecret.objects.exists()


@pytest.mark.spec("OIDC Discovery", "3")
def test_it_is_advertised_where_there_is_a_secret(client, settings):
    assert client.get(METADATA).json()["subject_types_supported"] == ["public", "pairwise"]
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    assert client.get(METADATA).json()["subject_types_supported"] == ["public"]
