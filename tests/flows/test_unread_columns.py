"""What an endpoint for programs leaves unread of a client (``models.client_lookup.UNREAD``) is never needed there."""

from typing import Any

import pytest
from django.db.models import Model

from oauth_provider.models import ClientPolicy
from tests import encryption
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.django_db

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
POLICIES: dict[str, dict[str, Any]] = {
    "plain": {},
    "limited": {"scopes": ["openid", "notes:read"], "access_token_lifetime": 60, "authorization_idle_lifetime": 600},
    "keeps its refresh token": {"rotate_refresh_tokens": False, "token_endpoint_auth_method": "client_secret_post"},
    "pairwise": {"subject_type": "pairwise"},
    "encrypted": encryption.policy(encryption.public("P-256")),
    "JWTs": {"access_token_format": "jwt"},
}


@pytest.fixture
def _whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes it an error to read a column that was left out."""

    def refuse(row: Model, using: str | None = None, fields: Any = None, **options: Any) -> None:
        raise AssertionError(f"{fields} of {row._meta.label} was left unread")

    application: Any = ClientPolicy._meta.get_field("application").related_model
    for model in (application, ClientPolicy):
        monkeypatch.setattr(model, "refresh_from_db", refuse)


@pytest.mark.usefixtures("_whole")
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_no_endpoint_reads_what_is_left_unread(policy: dict[str, Any], settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "PAIRWISE_SECRET": "a secret of thirty-two characters"}
    driver = Driver(ApplicationFactory(policy={"grant_types": GRANTS, "may_introspect": True, **policy}))
    driver.scope = "openid notes:read"
    driver.sign_in(UserFactory())
    tokens = driver.tokens()
    refreshed = driver.refresh(tokens["refresh_token"])
    assert refreshed.json()["id_token"]
    own = driver.token(grant_type="client_credentials", scope="notes:read")
    issued = (own.json()["access_token"], refreshed.json()["access_token"], refreshed.json()["refresh_token"])
    assert all(driver.introspect(token).json()["active"] for token in issued)
    assert all(driver.revoke(token).status_code == 200 for token in issued)
    assert driver.push().status_code == 201


@pytest.mark.usefixtures("_whole")
def test_nor_does_that_of_a_client_without_policy() -> None:
    driver = Driver(ApplicationFactory())
    driver.sign_in(UserFactory())
    assert driver.refresh(driver.tokens()["refresh_token"]).status_code == 200


@pytest.mark.usefixtures("_whole")
def test_a_column_that_is_needed_would_be_noticed() -> None:
    policy = ClientPolicy.objects.defer("created_at").get(application=ApplicationFactory(policy={}))
    with pytest.raises(AssertionError, match="created_at"):
        assert policy.created_at
