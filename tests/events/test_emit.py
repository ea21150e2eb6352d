"""Events: each is told once, after the commit, to signals and to the log, in ids."""

import logging
from dataclasses import fields, is_dataclass

import pytest
from django.db import transaction

from oauth_provider import signals
from oauth_provider.events.emit import emit
from oauth_provider.events.event import KeyRotated, RequestRefused
from oauth_provider.events.every import EVENTS
from oauth_provider.events.status import ClientSuspended
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory


@pytest.fixture
def told():
    """Each event that was told, with whether a transaction was open."""
    log = []

    def receive(sender, event, **kwargs):
        log.append((event, transaction.get_connection().in_atomic_block))

    signals.event_emitted.connect(receive)
    yield log
    signals.event_emitted.disconnect(receive)


def kinds(told):
    return [event.kind() for event, _inside in told]


@each("cls", EVENTS, ids=lambda cls: cls.__name__)
def test_every_event_is_frozen_and_documented(cls):
    assert is_dataclass(cls)
    assert cls.__dataclass_params__.frozen
    assert cls.__doc__


@pytest.mark.django_db(transaction=True)
def test_what_happens_in_a_sign_in_is_told_in_order(told):
    driver = signed_in()
    told.clear()
    tokens = driver.tokens()
    for _ in range(2):
        driver.refresh(tokens["refresh_token"])
    driver.revoke(tokens["refresh_token"])
    assert kinds(told) == [
        "consent_given",
        "token_issued",
        "token_refreshed",
        "answer_repeated",
        "authorization_revoked",
    ]
    assert not any(inside for _event, inside in told)


@pytest.mark.spec("RFC 6749", "4.1.2")
@pytest.mark.django_db(transaction=True)
def test_a_replay_is_told_with_what_it_ended_and_refused(told):
    driver = signed_in()
    told.clear()
    code = driver.code()
    driver.redeem(code)
    driver.redeem(code)
    assert kinds(told)[2:] == ["replayed", "authorization_revoked", "request_refused"]
    assert told[2][0].reason == "code_replayed"


@pytest.mark.django_db(transaction=True)
def test_a_no_is_told(told):
    driver = signed_in()
    told.clear()
    driver.decide(driver.authorize()["Location"], "deny")
    [(denied, _inside)] = told
    assert (denied.kind(), denied.application, denied.scope) == (
        "consent_denied",
        driver.application,
        "notes:read notes:write",
    )


@pytest.mark.django_db(transaction=True)
def test_a_refusal_at_the_token_endpoint_is_told_with_its_client_and_reason(told):
    driver = signed_in()
    told.clear()
    driver.token(grant_type="authorization_code", code="no code")
    [(refused, _inside)] = told
    assert isinstance(refused, RequestRefused)
    assert (refused.reason, refused.error, refused.client_id) == (
        "code_malformed",
        "invalid_grant",
        driver.application.client_id,
    )
    assert (refused.path, refused.address) == ("/oauth/token", "127.0.0.1")


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.django_db(transaction=True)
def test_a_wrong_secret_is_told_apart_from_an_unknown_client_to_operators_alone(told):
    known, unknown = Driver(ApplicationFactory()), Driver(ApplicationFactory.build(client_id="nobody"))
    answers = [
        driver.token(grant_type="client_credentials", client_secret="wrong").json() for driver in (known, unknown)
    ]
    assert answers[0] == answers[1]
    refused = [event for event, _inside in told if isinstance(event, RequestRefused)]
    assert [(event.reason, event.client_id) for event in refused] == [
        ("client_secret_wrong", known.application.client_id),
        ("client_unknown", ""),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_redirect_uri_that_is_not_registered_is_told_with_the_client_that_was_asked_for(told):
    driver = signed_in()
    told.clear()
    response = driver.authorize(redirect_uri="https://elsewhere.example.com/")
    [(refused, _inside)] = told
    assert (refused.reason, refused.client_id) == ("redirect_uri_unregistered", driver.application.client_id)
    assert refused.reference in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_error_that_goes_back_to_the_client_is_told(told):
    driver = signed_in()
    told.clear()
    driver.authorize(response_type="nonsense")
    [(refused, _inside)] = told
    assert (refused.reason, refused.client_id, refused.reference) == (
        "response_type_unsupported",
        driver.application.client_id,
        "",
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told_and_a_refusal_is(told):
    refused = RequestRefused("code_expired", "invalid_grant", "", "", "", "/", "")
    with transaction.atomic():
        emit(KeyRotated("a", "ES256", "made"), using="default")
        emit(refused)
        transaction.set_rollback(True)
    assert [event for event, _inside in told] == [refused]


def test_a_line_of_the_log_holds_ids_and_neither_rows_nor_nothings(caplog):
    application = ApplicationFactory.build(client_id="notes")
    with caplog.at_level(logging.INFO, logger="oauth_provider.events"):
        emit(ClientSuspended(application))
        emit(RequestRefused("code_expired", "invalid_grant", "The code has expired.", "", "notes", "/oauth/token", ""))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "client_suspended client_id='notes'"),
        (
            "WARNING",
            "request_refused reason='code_expired' error='invalid_grant' description='The code has expired.' "
            "client_id='notes' path='/oauth/token'",
        ),
    ]


def test_a_receiver_that_raises_disturbs_nobody(caplog):
    def fail(sender, **kwargs):
        raise RuntimeError("a receiver's own fault")

    signals.event_emitted.connect(fail)
    try:
        emit(KeyRotated("a", "ES256", "made"))
    finally:
        signals.event_emitted.disconnect(fail)
    assert "a receiver's own fault" in caplog.text


def test_no_event_has_a_field_for_a_secret():
    names = {field.name for cls in EVENTS for field in fields(cls)}
    assert not {name for name in names if "secret" in name or "token" in name or name == "code" or "password" in name}
