"""What DOT stored before we came is honoured: its refresh tokens, each once, under a lock (RFC 6749 §6)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, Resource, TokenBinding
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.tokens.revoke import revoke_user
from oauth_provider.tokens.verifier import verify
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.bridge import dot_server
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "6")]


def refused(response):
    return (response.status_code, response.json()["error"]) == (400, "invalid_grant")


def is_live(token):
    try:
        return bool(verify(token))
    except InvalidToken:
        return False


def test_a_refresh_token_of_dots_is_honoured(driver, user, issued):
    answer = driver.refresh(issued["refresh_token"])
    assert answer.status_code == 200, answer.content
    tokens = answer.json()
    assert tokens["scope"] == "read write"
    assert tokens["access_token"].startswith("oat_")
    assert tokens["refresh_token"].startswith("ort_")
    assert is_live(tokens["access_token"])
    again = driver.refresh(tokens["refresh_token"])
    assert again.status_code == 200


def test_dots_row_is_revoked_and_loses_its_plain_text_and_nothing_else(driver, issued):
    access, refresh = (model_to_dict(row) for row in dot_server.rows(issued))
    driver.refresh(issued["refresh_token"])
    access_after, refresh_after = (model_to_dict(row) for row in dot_server.rows(issued))
    assert access_after == access
    assert refresh_after.pop("revoked") is not None
    assert refresh.pop("revoked") is None
    # The plain text would open the answer that is sealed under it.
    assert refresh_after.pop("token") == ""
    refresh.pop("token")
    assert refresh_after == refresh


def test_the_new_authorization_says_where_it_comes_from(driver, user, issued):
    _access, row = dot_server.rows(issued)
    driver.refresh(issued["refresh_token"])
    authorization = Authorization.objects.get()
    assert authorization.user == user
    assert authorization.application_id == driver.application.pk
    assert authorization.created_at == row.created
    assert authorization.adopted_digest == authorization.previous_digest == digest(issued["refresh_token"])


def test_the_old_access_token_of_an_adopted_row_lives_on_and_ends_with_the_authorization(driver, issued):
    tokens = driver.refresh(issued["refresh_token"]).json()
    assert is_live(issued["access_token"])
    driver.revoke(tokens["refresh_token"])
    assert not is_live(issued["access_token"])
    assert not is_live(tokens["access_token"])


def test_a_retry_within_the_window_gets_the_same_answer(driver, issued):
    first = driver.refresh(issued["refresh_token"]).json()
    again = driver.refresh(issued["refresh_token"]).json()
    assert again | {"expires_in": 0} == first | {"expires_in": 0}
    assert Authorization.objects.count() == 1


def test_a_retry_on_other_terms_gets_nothing_and_revokes_nothing(driver, issued):
    driver.refresh(issued["refresh_token"])
    assert refused(driver.refresh(issued["refresh_token"], scope="read"))
    assert Authorization.objects.get().revoked_at is None


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_after_the_window_revokes_everything(driver, issued):
    tokens = driver.refresh(issued["refresh_token"]).json()
    Authorization.objects.update(rotated_at=timezone.now() - timedelta(hours=1))
    assert refused(driver.refresh(issued["refresh_token"]))
    assert Authorization.objects.get().revoked_reason == "refresh_token_replay"
    assert not is_live(tokens["access_token"])
    assert not is_live(issued["access_token"])
    assert refused(driver.refresh(tokens["refresh_token"]))


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_token_of_dots_after_the_next_rotation_ends_nothing_within_the_window_and_everything_after(driver, issued):
    tokens = driver.refresh(issued["refresh_token"]).json()
    driver.refresh(tokens["refresh_token"])
    with ledger.unchanged():
        assert refused(driver.refresh(issued["refresh_token"]))
    with ledger.later(61):
        assert refused(driver.refresh(issued["refresh_token"]))
    assert Authorization.objects.get().revoked_reason == "refresh_token_replay"


def test_a_retry_and_a_replay_are_known_after_dot_cleaned_its_table(driver, issued):
    """``cleartokens`` deletes revoked refresh tokens, and what was adopted is revoked."""
    first = driver.refresh(issued["refresh_token"]).json()
    refresh_token_model().objects.all().delete()
    assert driver.refresh(issued["refresh_token"]).json()["access_token"] == first["access_token"]
    Authorization.objects.update(rotated_at=timezone.now() - timedelta(hours=1))
    assert refused(driver.refresh(issued["refresh_token"]))
    assert Authorization.objects.get().revoked_reason == "refresh_token_replay"


def test_dots_own_cleaning_disturbs_nothing(driver, issued, settings):
    settings.OAUTH2_PROVIDER = {"REFRESH_TOKEN_REUSE_PROTECTION": False}
    tokens = driver.refresh(issued["refresh_token"]).json()
    call_command("cleartokens")
    assert is_live(tokens["access_token"])
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    assert not refresh_token_model().objects.exists()


def test_scope_can_be_narrowed_and_never_widened(driver, issued):
    refused_scope = driver.refresh(issued["refresh_token"], scope="read notes:read")
    assert (refused_scope.status_code, refused_scope.json()["error"]) == (400, "invalid_scope")
    assert driver.refresh(issued["refresh_token"], scope="read").json()["scope"] == "read"


def test_resources_are_kept(driver, user):
    answer = dot_server.issue(driver.application, user, resource=["https://api.example.com"])
    token = driver.refresh(answer["refresh_token"]).json()["access_token"]
    assert verify(token).resources == ("https://api.example.com",)


# -- before it is adopted ------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 7662", "2.2")
def test_introspection_knows_it_while_it_lives(driver, user, issued):
    server = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    for token in (issued["refresh_token"], issued["access_token"]):
        said = server.introspect(token).json()
        assert (said["active"], said["scope"], said["username"]) == (True, "read write", user.get_username())
    driver.refresh(issued["refresh_token"])
    assert server.introspect(issued["refresh_token"]).json() == {"active": False}
    assert server.introspect(issued["access_token"]).json()["active"] is True


@pytest.mark.spec("RFC 7009", "2.1")
@each("presented", ["refresh_token", "access_token"])
@each("adopted", [True, False])
def test_revoking_one_ends_the_other(driver, issued, presented, adopted):
    tokens = driver.refresh(issued["refresh_token"]).json() if adopted else issued
    assert driver.revoke(issued[presented]).status_code == 200
    assert not is_live(issued["access_token"])
    assert not is_live(tokens["access_token"])
    assert refused(driver.refresh(issued["refresh_token"]))
    assert refused(driver.refresh(tokens["refresh_token"]))


def test_the_token_of_dot_is_spent_before_anything_is_issued(driver, issued):
    with CaptureQueriesContext(connection) as queries:
        driver.refresh(issued["refresh_token"])
    written = [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT", "WITH"))]
    written = [sql for sql in written if "last_used_at" not in sql]
    table = refresh_token_model()._meta.db_table
    # At once, its row is locked before all else.
    first = (f'UPDATE "{table}" SET "revoked"', f'WITH held0 (key) AS (SELECT "id" FROM "{table}"')
    assert written[0].startswith(first)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_being_adopted_is_a_use_from_which_the_idle_lifetime_counts(driver, issued, settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "AUTHORIZATION_IDLE_LIFETIME": 3600}
    refresh_token_model().objects.update(created=timezone.now() - timedelta(days=1))
    adopted = driver.refresh(issued["refresh_token"]).json()
    with ledger.later(3700):
        assert refused(driver.refresh(adopted["refresh_token"]))


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_resource_limits_what_was_adopted_too(driver, issued, settings):
    refresh_token_model().objects.update(resource=["https://api.example.com/"])
    Resource.objects.create(identifier="https://api.example.com", name="API", authorization_lifetime=600)
    adopted = driver.refresh(issued["refresh_token"]).json()
    assert adopted["expires_in"] <= 600
    with ledger.later(601):
        assert refused(driver.refresh(adopted["refresh_token"]))


def test_one_without_any_scope_is_honoured(driver, user):
    issued = dot_server.issue(driver.application, user)
    access_token_model().objects.update(scope="")
    answer = driver.refresh(issued["refresh_token"])
    assert answer.status_code == 200
    assert "scope" not in answer.json()
    assert driver.refresh(answer.json()["refresh_token"]).status_code == 200


def test_an_access_token_that_hangs_on_another_sign_in_stays_with_it(driver, user, issued):
    access, _row = dot_server.rows(issued)
    lasting = timezone.now() + timedelta(days=1)
    other = Authorization.objects.create(application=driver.application, user=user, expires_at=lasting)
    TokenBinding.objects.create(access_token=access, authorization=other)
    tokens = driver.refresh(issued["refresh_token"]).json()
    driver.revoke(tokens["refresh_token"])
    assert is_live(issued["access_token"])
    assert not is_live(tokens["access_token"])


@each("verb", ["consent withdrawn", "user ended"])
def test_what_dot_gave_out_ends_with_what_the_person_takes_back(driver, user, issued, verb):
    if verb == "user ended":
        revoke_user(user)
    else:
        withdraw_consent(user=user, application=driver.application)
    assert not is_live(issued["access_token"])
    assert refused(driver.refresh(issued["refresh_token"]))
    assert not Authorization.objects.exists()
