"""Failures of client authentication (RFC 6749 §5.2): one answer to all of them."""

import base64
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import ClientPolicy, ClientSecret
from oauth_provider.protocol.digest import digest
from tests import ledger
from tests.driver import INTROSPECT, REVOKE, TOKEN, Driver, post
from tests.each import each
from tests.factories import ApplicationFactory
from tests.flows.client_authentication.service_clients import GRANT, refused

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]


# Failures


@each("path", [TOKEN, REVOKE, INTROSPECT])
@each(
    "credentials",
    [
        {"client_id": None, "client_secret": None},
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "nobody"},
        {"client_id": "a" * 5000},
        {"client_id": "é"},
        {"client_id": "\u202e"},
        {"client_secret": None},
        {"client_secret": ""},
        {"client_secret": "wrong"},
        {"client_secret": "é"},
        {"client_secret": "a" * 50_000},
        {"client_secret": "ocs_" + "a" * 49},
        {"client_assertion": "e30.e30.x", "client_assertion_type": "urn:x"},
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_failure_is_invalid_client(service: Driver, path: str, credentials: dict[str, Any]) -> None:
    given = {**service.credentials, **GRANT, "token": "x", **credentials}
    with ledger.unchanged():
        response = post(service.browser, path, {name: value for name, value in given.items() if value is not None})
    refused(response)


@each(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic YQ",
        "Basic " + base64.b64encode(b"nocolon").decode(),
        "Basic " + base64.b64encode(b":secret").decode(),
        "Basic " + base64.b64encode(b"client:").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic " + base64.b64encode(b"%ff:%ff").decode(),
        "Basic " + base64.b64encode(b"%00:%00").decode(),
        "Basic " + base64.b64encode(b"a%0d%0aX: y:b").decode(),
        "Basic " + base64.b64encode(b"a\x00:b").decode(),
        "Basic " + base64.b64encode("\u202e:\u202e".encode()).decode(),
        "Basic " + "A" * 9000,
        "Digest username=x",
        "Negotiate YQ==",
    ],
    ids=lambda header: header[:30],
)
def test_a_broken_header_is_invalid_client(service: Driver, header: str) -> None:
    with ledger.unchanged():
        refused(post(service.browser, TOKEN, GRANT, Authorization=header))


@pytest.mark.parametrize("scheme", ["Digest x", "Basic"])
def test_a_public_client_is_not_read_beside_another_scheme(scheme: str) -> None:
    public = ApplicationFactory(public=True)
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": public.client_id}
    refused(post(Browser(), TOKEN, form, Authorization=scheme))


def test_an_unknown_client_a_wrong_secret_and_a_suspended_client_are_told_the_same(service: Driver) -> None:
    suspended = Driver(ApplicationFactory(service=True, policy={"status": "suspended"}))
    answers = [
        service.token(**GRANT, client_id="nobody"),
        service.token(**GRANT, client_secret="wrong"),
        service.token(**GRANT, client_secret=None),
        suspended.token(**GRANT),
        suspended.token(**GRANT, client_secret="wrong"),
    ]
    for response in answers:
        refused(response)
    assert len({response.content for response in answers}) == 1
    assert len({tuple(sorted(response.headers.items())) for response in answers}) == 1


def test_a_confidential_client_cannot_leave_its_secret_out(service: Driver) -> None:
    refused(service.token(**GRANT, client_secret=None))


def test_a_public_client_is_not_known_by_a_secret() -> None:
    public = Driver(ApplicationFactory(public=True))
    refused(public.redeem("x", client_secret="anything"))


def test_a_secret_is_its_own_clients(service: Driver) -> None:
    other = ApplicationFactory(service=True)
    refused(service.token(**GRANT, client_secret=other.secret))


def test_the_digest_of_a_secret_is_none(service: Driver) -> None:
    refused(service.token(**GRANT, client_secret=digest(service.application.secret)))
    refused(service.token(**GRANT, client_secret=ClientSecret.objects.get().digest))


def test_a_failure_is_told_without_the_secret(service: Driver, caplog: pytest.LogCaptureFixture) -> None:
    from oauth_provider.signals import client_authentication_failed

    heard: list[dict[str, Any]] = []

    def hear(sender: Any, signal: Any, **facts: Any) -> None:
        heard.append(facts)

    client_authentication_failed.connect(hear)
    try:
        with caplog.at_level("DEBUG", logger="oauth_provider"):
            service.token(**GRANT, client_secret="a typo in it")
    finally:
        client_authentication_failed.disconnect(hear)
    assert heard == [
        {"client_id": service.application.client_id, "address": "127.0.0.1", "method": "client_secret_post"}
    ]
    assert "a typo in it" not in caplog.text


def test_an_unknown_client_is_told_to_the_operator_by_its_beginning_alone(
    service: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    mistaken = "a-secret-where-the-identifier-belongs"
    refused(service.token(**GRANT, client_id=mistaken))
    assert "reason='client_unknown'" in caplog.text
    assert "client_id begins with 'a-secr'" in caplog.text
    assert mistaken[6:] not in caplog.text


# Too often


def test_a_suspended_client_is_refused_at_every_endpoint(service: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    for path in (TOKEN, REVOKE, INTROSPECT):
        with ledger.unchanged():
            refused(post(service.browser, path, {**service.credentials, **GRANT, "token": "x"}))
