"""Refusals of refresh tokens that DOT stored (RFC 6749 §5.2): what it or we would refuse, with nothing changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from tests.bridge import dot_server
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "6")]


def refused(response):
    return (response.status_code, response.json()["error"]) == (400, "invalid_grant")


def state():
    """Everything that an exchange could have changed."""
    models = (access_token_model(), refresh_token_model(), Authorization, TokenBinding)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


def revoked_by_dot(driver, issued, settings):
    dot_server.rows(issued)[1].revoke()


def rotated_by_dot(driver, issued, settings):
    dot_server.refresh(driver.application, issued["refresh_token"])


def expired(driver, issued, settings):
    settings.OAUTH2_PROVIDER = {"REFRESH_TOKEN_EXPIRE_SECONDS": 3600}
    access, _row = dot_server.rows(issued)
    access_token_model().objects.filter(pk=access.pk).update(expires=timezone.now() - timedelta(hours=1))


def expired_by_a_timedelta(driver, issued, settings):
    expired(driver, issued, settings)
    settings.OAUTH2_PROVIDER = {"REFRESH_TOKEN_EXPIRE_SECONDS": timedelta(minutes=59)}


def orphaned(driver, issued, settings):
    """DOT refuses a refresh token whose access token was deleted."""
    access_token_model().objects.all().delete()


def of_another_client(driver, issued, settings):
    refresh_token_model().objects.update(application=ApplicationFactory())


def of_an_inactive_user(driver, issued, settings):
    _access, row = dot_server.rows(issued)
    row.user.is_active = False
    row.user.save()


def older_than_a_sign_in_may_be(driver, issued, settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "AUTHORIZATION_LIFETIME": 3600}
    refresh_token_model().objects.update(created=timezone.now() - timedelta(hours=1))


def older_than_its_client_may_be(driver, issued, settings):
    policy = ClientPolicy.default_for(driver.application)
    policy.authorization_lifetime = 3600
    policy.save()
    refresh_token_model().objects.update(created=timezone.now() - timedelta(hours=1))


CASES = (
    revoked_by_dot,
    rotated_by_dot,
    expired,
    expired_by_a_timedelta,
    orphaned,
    of_another_client,
    of_an_inactive_user,
    older_than_a_sign_in_may_be,
    older_than_its_client_may_be,
)


@each("case", CASES, ids=lambda case: case.__name__)
def test_what_dot_or_we_would_refuse_is_refused_and_nothing_changes(driver, issued, settings, case):
    case(driver, issued, settings)
    before = state()
    assert refused(driver.refresh(issued["refresh_token"]))
    assert state() == before


def test_a_live_one_outlasts_its_access_token(driver, issued, settings):
    settings.OAUTH2_PROVIDER = {"REFRESH_TOKEN_EXPIRE_SECONDS": 7200}
    access_token_model().objects.update(expires=timezone.now() - timedelta(hours=1))
    assert driver.refresh(issued["refresh_token"]).status_code == 200


def test_a_stranger_ends_nobodys_sign_in(driver, issued):
    stranger = Driver(ApplicationFactory())
    for _ in range(2):  # before it is adopted, and after
        before = state()
        assert refused(stranger.refresh(issued["refresh_token"]))
        assert state() == before
        driver.refresh(issued["refresh_token"])
    Authorization.objects.update(rotated_at=timezone.now() - timedelta(hours=1))
    assert refused(stranger.refresh(issued["refresh_token"]))
    assert Authorization.objects.get().revoked_at is None


def test_an_unknown_token_changes_nothing(driver, issued):
    before = state()
    for unknown in ("unknown", "x" * 5000, "ünknown"):
        assert refused(driver.refresh(unknown))
    assert state() == before


def test_a_suspended_client_gets_nothing(driver, issued):
    ClientPolicy(application=driver.application, status="suspended", grant_types=["refresh_token"]).save()
    assert driver.refresh(issued["refresh_token"]).status_code == 401
    assert not Authorization.objects.exists()


def test_a_client_without_the_grant_gets_nothing(driver, issued):
    ClientPolicy(application=driver.application, grant_types=["authorization_code"]).save()
    answer = driver.refresh(issued["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert not Authorization.objects.exists()


def of_a_suspended_client(driver, issued, settings):
    ClientPolicy(application=driver.application, status="suspended", grant_types=["refresh_token"]).save()


ENDS = (*(case for case in CASES if case is not of_another_client), of_a_suspended_client)


@pytest.mark.spec("RFC 7662", "2.2")
@each("end", ENDS, ids=lambda end: end.__name__)
def test_introspection_says_that_what_is_not_refreshed_is_not_active(driver, issued, settings, end):
    server = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    end(driver, issued, settings)
    assert server.introspect(issued["refresh_token"]).json() == {"active": False}
