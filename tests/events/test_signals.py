"""Signals: each tells what happened after it is committed, and none of them tells a secret."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model

from oauth_provider import signals
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, ClientMember
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens.revoke import revoke_user
from oauth_provider.tokens.withdraw import withdraw_consent
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
SIGNALS = {
    name: getattr(signals, name)
    for name in (
        "token_issued",
        "authorization_revoked",
        "access_tokens_revoked",
        "consent_given",
        "consent_withdrawn",
        "client_authentication_failed",
    )
}


@pytest.fixture
def told():
    """What the signals said, in order, and whether a transaction was open."""
    log = []

    def receiver_of(name):
        def receiver(sender, **facts):
            facts.pop("signal")
            log.append((name, transaction.get_connection().in_atomic_block, facts))

        return receiver

    receivers = {name: receiver_of(name) for name in SIGNALS}
    for name, signal in SIGNALS.items():
        signal.connect(receivers[name])
    yield log
    for name, signal in SIGNALS.items():
        signal.disconnect(receivers[name])


@pytest.fixture
def driver():
    driver = Driver(ApplicationFactory())
    driver.user = UserFactory()
    driver.sign_in(driver.user)
    return driver


def only(told, name):
    """The facts of the one signal called ``name``."""
    [facts] = [facts for one, _inside, facts in told if one == name]
    return facts


def texts(value):
    """Every string that can be reached from what a signal carries."""
    if isinstance(value, Model):
        return texts({name: each for name, each in vars(value).items() if name != "_state"})
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    return [str(value)]


def test_a_whole_life_is_told_after_each_commit_and_without_a_secret(driver, told):
    code = driver.code()
    tokens = driver.redeem(code).json()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    driver.revoke(renewed["refresh_token"])
    driver.token(grant_type="client_credentials", client_secret="a wrong one")

    assert [name for name, _inside, _facts in told] == [
        "consent_given",
        "token_issued",
        "token_issued",
        "authorization_revoked",
        "client_authentication_failed",
    ]
    assert not any(inside for _name, inside, _facts in told)
    secrets = {code, driver.code_verifier, driver.application.secret, "a wrong one"}
    secrets |= {answer[name] for answer in (tokens, renewed) for name in ("access_token", "refresh_token")}
    said = {text for _name, _inside, facts in told for text in texts(facts)}
    assert not {secret for secret in secrets if any(secret in text for text in said)}


def test_an_issued_token_is_told_with_its_terms(driver, told):
    driver.tokens()
    facts = only(told, "token_issued")
    assert set(facts) == {"application", "user", "grant_type", "scope", "authorization"}
    assert (facts["application"], facts["user"]) == (driver.application, driver.user)
    assert (facts["grant_type"], facts["scope"]) == ("authorization_code", "notes:read notes:write")
    assert facts["authorization"] == Authorization.objects.get()


def test_a_clients_own_token_has_no_user(told):
    service = Driver(ApplicationFactory(service=True))
    service.token(grant_type="client_credentials", scope="notes:read")
    facts = only(told, "token_issued")
    assert (facts["user"], facts["authorization"], facts["grant_type"]) == (None, None, "client_credentials")


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_token_that_hangs_on_no_sign_in_is_told_by_its_digest_when_it_is_revoked(told):
    service = Driver(ApplicationFactory(service=True))
    token = service.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    for _ in range(2):
        service.revoke(token)
    assert only(told, "access_tokens_revoked") == {"checksums": [digest(token)]}


def test_a_retry_issues_nothing_anew(driver, told):
    tokens = driver.tokens()
    for _ in range(3):
        driver.refresh(tokens["refresh_token"])
    assert [name for name, _inside, _facts in told].count("token_issued") == 2


def test_a_refusal_tells_of_no_token(driver, told):
    driver.redeem(driver.code(), code_verifier="x" * 43)
    assert [name for name, _inside, _facts in told] == ["consent_given"]


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_a_replay_is_told_once(driver, told):
    code = driver.code()
    for _ in range(3):
        driver.redeem(code)
    assert only(told, "authorization_revoked")["reason"] == "code_replay"


def test_a_consent_is_told_with_the_resources_that_its_scope_was_for(driver, told, settings):
    resource = "https://api.example.com/notes"
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "RESOURCES": {resource: "Notes"}}
    driver.code(resource=resource)
    facts = only(told, "consent_given")
    assert (facts["scope"], facts["resources"]) == ("notes:read notes:write", (resource,))


def test_consent_withdrawn_is_told_beside_what_it_ended(driver, told):
    driver.tokens()
    withdraw_consent(user=driver.user, application=driver.application)
    assert only(told, "consent_withdrawn") == {"application": driver.application, "user": driver.user}
    assert only(told, "authorization_revoked")["reason"] == "user"


def test_nothing_is_told_of_what_was_rolled_back(driver, told):
    driver.tokens()
    told.clear()
    with transaction.atomic():
        revoke_user(driver.user)
        transaction.set_rollback(True)
    assert told == []
    assert Authorization.objects.get().revoked_at is None
    with transaction.atomic():
        revoke_user(driver.user)
        assert told == []
    assert only(told, "authorization_revoked")["reason"] == "operator"


def test_a_failed_client_is_told_by_name_address_and_method(driver, told):
    driver.token(grant_type="client_credentials", client_secret="wrong")
    facts = only(told, "client_authentication_failed")
    assert facts == {
        "client_id": driver.application.client_id,
        "address": "127.0.0.1",
        "method": "client_secret_post",
    }


def test_a_receiver_that_raises_disturbs_nothing(driver, told, caplog):
    def broken(**facts):
        raise RuntimeError("a receiver of the project's")

    signals.token_issued.connect(broken)
    try:
        with caplog.at_level(logging.ERROR):
            assert driver.tokens()["access_token"]
    finally:
        signals.token_issued.disconnect(broken)
    assert "a receiver of the project's" in caplog.text


# -- what Django tells of DOT's rows -------------------------------------------------------------------------


@pytest.mark.parametrize("whole_queryset", [True, False])
def test_deleting_a_live_access_token_ends_its_sign_in(driver, told, whole_queryset):
    tokens = driver.tokens()
    rows = access_token_model().objects.all()
    rows.delete() if whole_queryset else rows.get().delete()
    assert only(told, "authorization_revoked")["reason"] == "token_deleted"
    assert driver.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_deleting_a_client_or_a_user_leaves_no_live_token(driver):
    driver.tokens()
    get_user_model().objects.all().delete()
    assert not access_token_model().objects.exists()
    assert not Authorization.objects.exists()


def test_deleting_an_authorization_ends_its_access_tokens(driver):
    token = driver.tokens()["access_token"]
    Authorization.objects.all().delete()
    assert Driver(ApplicationFactory(policy={"may_introspect": True})).introspect(token).json() == {"active": False}


def test_whoever_is_saved_in_dots_column_becomes_a_member():
    owner, second = UserFactory(), UserFactory()
    application = ApplicationFactory(user=owner)
    assert application.user is None
    assert application_model().objects.get().user is None
    application.user = second
    application.save()
    assert set(ClientMember.objects.values_list("user", "role")) == {(owner.pk, "owner"), (second.pk, "owner")}
    application.user = owner
    application.save()
    assert ClientMember.objects.count() == 2


def test_a_members_deletion_deletes_no_client():
    owner = UserFactory()
    ApplicationFactory(user=owner)
    owner.delete()
    assert application_model().objects.count() == 1
    assert not ClientMember.objects.exists()


def test_what_is_written_in_bulk_waits_for_the_next_save():
    owner = UserFactory()
    application = ApplicationFactory()
    application_model().objects.update(user=owner)
    assert not ClientMember.objects.exists()
    application.refresh_from_db()
    application.save()
    assert ClientMember.objects.get().user == owner


def test_a_fixture_is_loaded_as_it_is(tmp_path):
    owner = UserFactory()
    application = ApplicationFactory()
    application_model().objects.update(user=owner)
    fixture = tmp_path / "clients.json"
    fixture.write_text(serializers.serialize("json", application_model().objects.all()))
    application_model().objects.update(user=None)
    call_command("loaddata", fixture, verbosity=0)
    assert application_model().objects.get().user == owner
    assert application.pk == application_model().objects.get().pk
    assert not ClientMember.objects.exists()
