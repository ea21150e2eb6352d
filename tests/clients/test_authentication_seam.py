"""A method of client authentication that a project adds (RFC 6749 §2.3.2): a module and a line of its settings."""

from typing import Any

import pytest

from oauth_provider.checks import tables
from oauth_provider.models import ClientPolicy
from oauth_provider.signals import client_authentication_failed
from tests import ledger
from tests.admin.operators import operator, url
from tests.checks.messages import said
from tests.clients import methods
from tests.driver import INTROSPECT, METADATA, PAR, REVOKE, TOKEN, Driver, post
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.2")]

HERE = "tests.clients.methods."
ADDED = [f"{HERE}{name}" for name in ("DoorKey", "Certificate", "Assertion")]
GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.fixture(autouse=True)
def _added(settings: Any) -> None:
    added = {"CLIENT_AUTHENTICATION_METHODS": ADDED, "CLIENT_CERTIFICATE": f"{HERE}certificate_of"}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | added
    methods.tried.clear()


@pytest.fixture
def service() -> Driver:
    return Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))


def by_key(driver: Driver, path: str = TOKEN, form: Any = GRANT, key: str = "", **headers: str) -> Any:
    client_id = driver.application.client_id
    key = key or methods.door_key(client_id, "https://auth.example.com")
    return post(driver.browser, path, form, **{"X-Door-Key": f"{client_id}:{key}", **headers})


def test_the_added_method_proves_a_client_at_every_endpoint_of_clients(service: Driver) -> None:
    answer = by_key(service)
    assert answer.status_code == 200
    token = {"token": answer.json()["access_token"]}
    assert by_key(service, INTROSPECT, token).json()["active"] is True
    assert by_key(service, REVOKE, token).status_code == 200
    assert by_key(service, INTROSPECT, token).json() == {"active": False}
    assert by_key(service, PAR, service.request()).json()["error"] != "invalid_client"


def test_each_call_is_verified_anew(service: Driver) -> None:
    """A client is remembered by secrets alone: who is proven by anything else may be refused the next time."""
    service.token(**GRANT)
    assert [by_key(service).status_code for _call in range(3)] == [200] * 3
    assert methods.tried == [service.application.client_id] * 3
    assert by_key(service, key="wrong").status_code == 401


def test_a_wrong_key_is_refused_told_and_counted(service: Driver) -> None:
    heard: list[str] = []

    def hear(sender: Any, method: str, **_facts: Any) -> None:
        heard.append(method)

    client_authentication_failed.connect(hear)
    try:
        statuses = [by_key(service, key="wrong").status_code for _call in range(11)]
    finally:
        client_authentication_failed.disconnect(hear)
    assert statuses == [401] * 10 + [429]
    assert heard == ["door_key"] * 10
    assert len(methods.tried) == 10


def test_what_a_method_did_not_count_beforehand_counts_where_it_fails(service: Driver) -> None:
    client_id = service.application.client_id
    form = {**GRANT, "client_id": client_id}
    good = {"X-Certificate": f"certificate of {client_id}"}
    assert post(service.browser, TOKEN, form, **good).status_code == 200
    bad = [post(service.browser, TOKEN, form, **{"X-Certificate": "another"}).status_code for _call in range(11)]
    assert bad == [401] * 10 + [429]
    assert post(service.browser, TOKEN, form, **good).status_code == 200


def test_only_the_method_of_its_policy_proves_a_client(service: Driver) -> None:
    ClientPolicy.objects.update(token_endpoint_auth_method="door_key")
    assert by_key(service).status_code == 200
    ledger.refused(service.token(**GRANT), "invalid_client", 401)
    ClientPolicy.objects.update(token_endpoint_auth_method="client_secret_post")
    ledger.refused(by_key(service), "invalid_client", 401)


def test_a_public_client_does_not_become_a_confidential_one_by_it() -> None:
    driver = Driver(ApplicationFactory(public=True, policy={"token_endpoint_auth_method": "client_secret_basic"}))
    ledger.refused(by_key(driver), "invalid_client", 401)


def test_a_suspended_client_is_refused(service: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    ledger.refused(by_key(service), "invalid_client", 401)


def test_two_proofs_in_one_request_are_refused(service: Driver) -> None:
    form = {**GRANT, **service.credentials}
    ledger.refused(by_key(service, form=form), "invalid_request")


def test_an_assertion_is_refused_unless_a_method_takes_it(service: Driver) -> None:
    asserted = {**GRANT, "client_assertion": f"{service.application.client_id}:asserted", "client_assertion_type": "x"}
    assert post(service.browser, TOKEN, asserted).status_code == 200
    ledger.refused(by_key(service, form={**GRANT, "client_assertion": "somebody else's"}), "invalid_client", 401)
    ledger.refused(by_key(service, form={**GRANT, "client_assertion_type": "x"}), "invalid_client", 401)


def test_it_stands_in_the_metadata_and_among_the_choices_of_the_admin(service: Driver) -> None:
    document = service.browser.get(METADATA).json()
    for name in ("token", "revocation", "introspection"):
        assert {"door_key", "tls_example"} <= set(document[f"{name}_endpoint_auth_methods_supported"])
    page = operator().get(url(service.application)).content.decode()
    assert '<option value="door_key">' in page


def test_a_method_that_is_there_no_more_stays_what_the_client_has(service: Driver, settings: Any) -> None:
    ClientPolicy.objects.update(token_endpoint_auth_method="door_key")
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CLIENT_AUTHENTICATION_METHODS": []}
    page = operator().get(url(service.application)).content.decode()
    assert '<option value="door_key" selected>' in page
    ledger.refused(service.token(**GRANT), "invalid_client", 401)


@each("name", ["no_such_thing", "Nameless", "Unverifying", "Unmakeable", "SecondBasic", "door_key.inner"])
def test_a_method_that_cannot_be_loaded_is_found_at_start(settings: Any, name: str) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CLIENT_AUTHENTICATION_METHODS": [f"{HERE}{name}"]}
    assert said(tables.check_authentication_methods) == ["E106"]


def test_a_method_named_twice_is_found_at_start(settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CLIENT_AUTHENTICATION_METHODS": [ADDED[0], ADDED[0]]}
    assert said(tables.check_authentication_methods) == ["E106"]
