"""Clients that are remembered (RFC 6749 §2.3): no answer is one that the client as it is now would not get."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.clients.memory import client_memory
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import ClientPolicy, ClientSecret, PendingRequest
from oauth_provider.models.pending_request import SWEEP_EVERY
from tests import ledger
from tests.commits import needs_statement
from tests.driver import INTROSPECT, Driver, post, signed_in
from tests.remembering import CHANGES, GRANTS, changing_midway, is_remembered, own, policies, refused, remembered, told

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    pytest.mark.spec("RFC 6749", "2.3"),
]
# A sweep by the way is a transaction of one statement.
SWEEP = 3


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    client_memory.clear()


@pytest.fixture
def driver() -> Driver:
    """A client that is remembered."""
    return remembered()


OPERATIONS = ["own", "redeem", "refresh", "introspect", "push"]


@pytest.fixture
def request_of(driver: Driver) -> Callable[[str], Callable[[], Any]]:
    """A request that is due, by its name."""

    def prepare(operation: str) -> Callable[[], Any]:
        if operation == "own":
            return lambda: own(driver)
        if operation == "push":
            return driver.push
        if operation == "redeem":
            code = driver.code()
            return lambda: driver.redeem(code)
        tokens = driver.tokens()
        if operation == "refresh":
            return lambda: driver.refresh(tokens["refresh_token"])
        return lambda: driver.introspect(tokens["access_token"])

    return prepare


def expected(response: Any, operation: str, name: str) -> None:
    """What the client as it is now gets."""
    # DOT's own column still says that it may; a public client may without a secret.
    if name in {"policy deleted", "public now"} and operation in {"redeem", "refresh", "push"}:
        assert response.status_code in (200, 201)
    elif operation == "introspect" and CHANGES[name][1] == "unauthorized_client":
        assert response.json()["active"] is (name not in {"policy deleted", "public now"})
    else:
        refused(response, CHANGES[name][1])


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("is_midway", [False, True])
def test_a_client_that_changed_gets_what_it_would_get_unremembered(
    request_of: Callable[[str], Callable[[], Any]], operation: str, name: str, is_midway: bool
) -> None:
    send = request_of(operation)
    change, error = CHANGES[name]
    tokens = access_token_model().objects.count()
    with told() as heard:
        if is_midway:
            with changing_midway(change):
                response = send()
        else:
            change()
            response = send()
    expected(response, operation, name)
    if operation == "push":
        assert PendingRequest.objects.count() == (response.status_code == 201)
    assert heard.count("failed") == (error == "invalid_client")
    assert heard.count("issued") == ("access_token" in response.json())
    if name != "deleted":  # which takes all that there is with it
        assert "revoked" not in heard
        assert access_token_model().objects.count() == tokens + heard.count("issued")


@pytest.mark.parametrize("is_midway", [False, True])
def test_what_a_client_may_since_it_changed_it_may_at_once(driver: Driver, is_midway: bool) -> None:
    policies().update(scopes=["notes:read"])
    for _refused_and_remembered in range(2):
        refused(own(driver, "notes:write"), "invalid_scope")
    assert is_remembered(driver)

    def widen() -> None:
        policies().update(scopes=["notes:write"])

    if is_midway:
        with changing_midway(widen):
            assert own(driver, "notes:write").status_code == 200
    else:
        widen()
        assert own(driver, "notes:write").status_code == 200


def test_a_policy_that_is_made_counts_at_once() -> None:
    driver = signed_in(authorization_grant_type="client-credentials")
    for _noted_and_remembered in range(2):
        assert own(driver).status_code == 200
    assert is_remembered(driver)
    ClientPolicy.objects.create(application=driver.application, grant_types=GRANTS, scopes=["notes:write"])
    refused(own(driver), "invalid_scope")


def test_a_secret_that_expires_is_refused_though_no_row_changed(driver: Driver) -> None:
    ClientSecret.objects.update(expires_at=timezone.now() + timedelta(seconds=60))
    assert own(driver).status_code == 200
    assert is_remembered(driver)
    with ledger.later(61):
        refused(own(driver), "invalid_client")


@needs_statement
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_usual_request_reads_no_client(request_of: Callable[[str], Callable[[], Any]], operation: str) -> None:
    send = request_of(operation)
    with CaptureQueriesContext(connection) as captured:
        assert send().status_code in (200, 201)
    statements = [query["sql"] for query in captured.captured_queries]
    if operation == "push" and PendingRequest.objects.latest("pk").pk % SWEEP_EVERY == 0:
        del statements[-SWEEP:]  # by the way
    assert len(statements) == (2 if operation in {"redeem", "refresh", "push"} else 1)
    assert "a.xmin" in statements[-1]


@pytest.mark.parametrize("operation", ["own", "redeem", "refresh", "introspect"])
def test_whoever_listens_to_new_tokens_hears_of_each_once(
    request_of: Callable[[str], Callable[[], Any]], operation: str
) -> None:
    send = request_of(operation)
    saved: list[bool] = []

    def receive(signal: Any, **facts: Any) -> None:
        saved.append(signal is pre_save)

    for signal in (pre_save, post_save):
        signal.connect(receive, sender=access_token_model())
    try:
        assert send().status_code == 200
        with changing_midway(CHANGES["suspended"][0]):
            refused(send(), "invalid_client")
    finally:
        for signal in (pre_save, post_save):
            signal.disconnect(receive, sender=access_token_model())
    assert saved == ([] if operation == "introspect" else [True, False])


def test_a_public_client_is_remembered_too() -> None:
    driver = signed_in(policy={}, client_type="public", secret="")
    driver.refresh(driver.tokens()["refresh_token"])
    assert is_remembered(driver)
    code = driver.code()
    with CaptureQueriesContext(connection) as captured:
        assert driver.redeem(code).status_code == 200
    assert not [query for query in captured.captured_queries if "redirect_uris" in query["sql"]]
    code = driver.code()
    application_model().objects.update(client_type="confidential")
    refused(driver.redeem(code), "invalid_client")


def test_the_last_use_is_noted_every_hour(driver: Driver) -> None:
    ClientSecret.objects.update(last_used_at=F("last_used_at") - timedelta(hours=2))
    before = ClientSecret.objects.get().last_used_at
    for _noted_and_remembered in range(2):
        own(driver)
    assert ClientSecret.objects.get().last_used_at > before
    with ledger.later(3601):
        own(driver)
        assert ClientSecret.objects.get().last_used_at > timezone.now() - timedelta(seconds=5)


def test_who_comes_by_a_token_is_not_recalled_by_credentials(driver: Driver) -> None:
    token = driver.tokens()["access_token"]
    assert driver.introspect(token).json()["active"] is True
    assert is_remembered(driver)
    for more in ({}, {"client_secret": None, "client_assertion": "a.b.c", "client_assertion_type": "jwt"}):
        form = {name: value for name, value in ({"token": token} | driver.credentials | more).items() if value}
        refused(post(driver.browser, INTROSPECT, form, authorization=f"Bearer {token}"), "invalid_request")


@pytest.mark.parametrize(
    "policy",
    [
        {"id_token_encrypted_response_alg": "RSA-OAEP-256", "id_token_encrypted_response_enc": "A256GCM"},
        {"authorization_details_types": ["account"]},
    ],
)
def test_a_client_whose_exchange_asks_others_is_not_remembered(driver: Driver, policy: dict[str, Any]) -> None:
    """Nobody is asked for the keys or the details of a client as it was."""
    policies().update(**policy)
    own(driver)
    assert not is_remembered(driver)
