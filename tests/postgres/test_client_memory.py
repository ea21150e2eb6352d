"""Clients that are remembered (RFC 6749 §2.3): no answer is one that the client as it is now would not get."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, ClientPolicy, ClientSecret
from oauth_provider.models.client_lookup import find_with_secret, recall_with_secret
from oauth_provider.models.client_memory import LIFETIME, REMEMBERED, ClientChanged, ClientMemory, client_memory
from oauth_provider.protocol.digest import digest
from oauth_provider.signals import authorization_revoked, client_authentication_failed, token_issued
from tests import ledger
from tests.driver import INTROSPECT, Driver, post, signed_in
from tests.factories import ApplicationFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    pytest.mark.spec("RFC 6749", "2.3"),
]

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
POLICY = {"grant_types": GRANTS, "may_introspect": True}
Change = Callable[[], object]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    client_memory.clear()


@pytest.fixture
def driver() -> Driver:
    """A client that is remembered."""
    driver = signed_in(policy=dict(POLICY))
    for _noted_and_remembered in range(2):
        assert own(driver).status_code == 200
    assert is_remembered(driver)
    return driver


def own(driver: Driver, scope: str = "notes:read") -> Any:
    return driver.token(grant_type="client_credentials", scope=scope)


def is_remembered(driver: Driver) -> bool:
    return recall_with_secret(driver.application.client_id, driver.application.secret) is not None


def policies() -> Any:
    return ClientPolicy.objects.all()


CHANGES: dict[str, tuple[Change, str]] = {
    "suspended": (lambda: policies().update(status="suspended"), "invalid_client"),
    "deleted": (lambda: application_model().objects.all().delete(), "invalid_client"),
    "renamed": (lambda: application_model().objects.update(client_id="another"), "invalid_client"),
    "secret revoked": (lambda: ClientSecret.objects.update(expires_at=timezone.now()), "invalid_client"),
    "secret deleted": (lambda: ClientSecret.objects.all().delete(), "invalid_client"),
    "secret replaced": (lambda: ClientSecret.objects.update(digest="0" * 64), "invalid_client"),
    "another method": (lambda: policies().update(token_endpoint_auth_method="client_secret_basic"), "invalid_client"),
    "public now": (lambda: application_model().objects.update(client_type="public"), "invalid_client"),
    "grants taken": (lambda: policies().update(grant_types=[]), "unauthorized_client"),
    "policy deleted": (lambda: policies().delete(), "unauthorized_client"),
}
OPERATIONS = ["own", "redeem", "refresh", "introspect"]


@pytest.fixture
def request_of(driver: Driver) -> Callable[[str], Callable[[], Any]]:
    """A request that is due, by its name."""

    def prepare(operation: str) -> Callable[[], Any]:
        if operation == "own":
            return lambda: own(driver)
        if operation == "redeem":
            code = driver.code()
            return lambda: driver.redeem(code)
        tokens = driver.tokens()
        if operation == "refresh":
            return lambda: driver.refresh(tokens["refresh_token"])
        return lambda: driver.introspect(tokens["access_token"])

    return prepare


@contextmanager
def told() -> Iterator[list[str]]:
    """What receivers of our signals hear."""
    heard: list[str] = []
    signals = {"issued": token_issued, "revoked": authorization_revoked, "failed": client_authentication_failed}
    receivers = {name: lambda name=name, **_facts: heard.append(name) for name in signals}
    for name, signal in signals.items():
        signal.connect(receivers[name], weak=False)
    try:
        yield heard
    finally:
        for name, signal in signals.items():
            signal.disconnect(receivers[name])


@contextmanager
def changing_midway(change: Change) -> Iterator[None]:
    """``change`` happens once the client has been recalled, and before anything is done for it."""
    from oauth_provider.clients.authentication import recall_with_secret as recall

    def recall_and_change(*presented: str) -> Any:
        found = recall(*presented)
        assert found is not None
        change()
        return found

    with patch("oauth_provider.clients.authentication.recall_with_secret", recall_and_change):
        yield


def refused(response: Any, error: str) -> None:
    ledger.refused(response, error, 401 if error == "invalid_client" else 400)


def expected(response: Any, operation: str, name: str) -> None:
    """What the client as it is now gets."""
    if name == "policy deleted" and operation in {"redeem", "refresh"}:  # DOT's own column still says that it may
        assert response.status_code == 200
    elif operation == "introspect" and CHANGES[name][1] == "unauthorized_client":
        assert response.json()["active"] is (name != "policy deleted")
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


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_usual_request_reads_no_client(request_of: Callable[[str], Callable[[], Any]], operation: str) -> None:
    send = request_of(operation)
    with CaptureQueriesContext(connection) as captured:
        assert send().status_code == 200
    statements = [query["sql"] for query in captured.captured_queries]
    assert len(statements) == (2 if operation in {"redeem", "refresh"} else 1)
    assert "a.xmin" in statements[-1]


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "client_credentials", "scope": "unknown"},
        {"grant_type": "authorization_code", "code": "unknown"},
        {"grant_type": "refresh_token", "refresh_token": "unknown"},
        {"grant_type": "unknown"},
        {},
    ],
)
def test_what_is_refused_is_refused_once(driver: Driver, form: dict[str, str]) -> None:
    with ledger.unchanged(), told() as heard:
        assert driver.token(**form).status_code == 400
    assert heard == []


@pytest.mark.parametrize("verb", ["redeem", "refresh"])
def test_a_replay_is_told_once(driver: Driver, verb: str, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    code = driver.code()
    tokens = driver.redeem(code).json()
    driver.refresh(tokens["refresh_token"])
    with told() as heard:
        response = driver.redeem(code) if verb == "redeem" else driver.refresh(tokens["refresh_token"])
    refused(response, "invalid_grant")
    assert heard == ["revoked"]


@pytest.mark.parametrize("verb", ["redeem", "refresh"])
@pytest.mark.parametrize("name", ["suspended", "secret revoked"])
def test_whoever_is_refused_as_a_client_ends_nothing_by_a_replay(
    driver: Driver, verb: str, name: str, settings: Any
) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    code = driver.code()
    tokens = driver.redeem(code).json()
    driver.refresh(tokens["refresh_token"])
    with told() as heard, changing_midway(CHANGES[name][0]):
        response = driver.redeem(code) if verb == "redeem" else driver.refresh(tokens["refresh_token"])
    refused(response, "invalid_client")
    assert heard == ["failed"]
    assert Authorization.objects.get().revoked_at is None


def test_a_refresh_that_is_repeated_is_confirmed(driver: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    first = driver.refresh(refresh_token).json()
    with CaptureQueriesContext(connection) as captured:
        assert driver.refresh(refresh_token).json()["access_token"] == first["access_token"]
    assert [query["sql"].partition("EXISTS")[1] for query in captured.captured_queries] == ["", "EXISTS"]
    with changing_midway(CHANGES["suspended"][0]):
        refused(driver.refresh(refresh_token), "invalid_client")


def test_a_jwt_of_the_clients_own_is_told_once_it_is_confirmed(driver: Driver) -> None:
    policies().update(access_token_format="jwt")
    for _changed_and_remembered in range(2):
        assert own(driver).json()["access_token"].count(".") == 2
    assert is_remembered(driver)
    with told() as heard, changing_midway(CHANGES["suspended"][0]):
        refused(own(driver), "invalid_client")
    assert heard == ["failed"]


@pytest.mark.parametrize("operation", OPERATIONS)
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
    assert len(captured.captured_queries) == 2
    code = driver.code()
    application_model().objects.update(client_type="confidential")
    refused(driver.redeem(code), "invalid_client")


def test_none_but_the_right_secret_is_remembered(driver: Driver) -> None:
    for presented in ("wrong", "", driver.application.secret.upper()):
        refused(driver.token(grant_type="client_credentials", client_secret=presented), "invalid_client")
        assert recall_with_secret(driver.application.client_id, presented) is None
    assert recall_with_secret("another", driver.application.secret) is None


def test_a_secret_that_is_hashed_slowly_is_not_remembered() -> None:
    application = ApplicationFactory(policy=dict(POLICY))
    ClientSecret.objects.all().delete()
    ClientSecret.objects.create(application=application, encoded="pbkdf2_sha256$1$salt$hash", hint="hash")
    find_with_secret(application.client_id, "slow")
    assert recall_with_secret(application.client_id, "slow") is None


def test_within_a_transaction_nobody_is_recalled_or_remembered(driver: Driver) -> None:
    with transaction.atomic():
        assert not is_remembered(driver)
        client_memory.clear()
        find_with_secret(driver.application.client_id, driver.application.secret)
    assert not is_remembered(driver)


def test_the_last_use_is_noted_every_hour(driver: Driver) -> None:
    ClientSecret.objects.update(last_used_at=F("last_used_at") - timedelta(hours=2))
    before = ClientSecret.objects.get().last_used_at
    for _noted_and_remembered in range(2):
        own(driver)
    assert ClientSecret.objects.get().last_used_at > before
    with ledger.later(3601):
        own(driver)
        assert ClientSecret.objects.get().last_used_at > timezone.now() - timedelta(seconds=5)


def test_what_a_receiver_does_to_its_client_no_other_request_sees(driver: Driver) -> None:
    def tamper(application: Any, **facts: Any) -> None:
        application.oauth_policy.grant_types.clear()
        application.client_id = "mallory"

    token_issued.connect(tamper)
    try:
        assert [own(driver).status_code for _time in range(3)] == [200] * 3
    finally:
        token_issued.disconnect(tamper)


def test_what_is_recalled_is_what_is_found(driver: Driver) -> None:
    known = driver.application.client_id, driver.application.secret
    found, recalled = find_with_secret(*known), recall_with_secret(*known)
    assert found is not None
    assert recalled is not None
    assert (found.client, found.secret) == (recalled.client, recalled.secret)
    known_of, remembered_of = ([vars(one.application), vars(one.policy)] for one in (found.client, recalled.client))
    for ours, theirs in zip(known_of, remembered_of, strict=True):
        differing = {name for name in ours if name != "_state" and ours[name] != theirs.get(name, "not remembered")}
        assert differing <= {"client_secret"}
    assert known[1] not in repr(recalled)
    recalled.client.confirm()
    policies().update(scopes=[])
    recalled.client.confirm()  # asked once
    with pytest.raises(ClientChanged):
        recall_with_secret(*known).client.confirm()  # type: ignore[union-attr]
    assert not is_remembered(driver)


def test_memory_is_bounded() -> None:
    memory = ClientMemory()
    keys = [("default", str(number), "") for number in range(REMEMBERED + 1)]
    for key in keys:
        memory.keep(key, (), "5 6 7")
    assert memory.find(keys[-1]) is not None
    assert sum(memory.find(key) is not None for key in keys) <= REMEMBERED


def test_memory_ends() -> None:
    memory, key = ClientMemory(), ("default", "a", "")
    memory.keep(key, (), "5 6 7")
    with patch(
        "oauth_provider.models.client_memory.time.monotonic", return_value=memory._clients[key].until - LIFETIME
    ):
        assert memory.find(key) is not None
    with patch("oauth_provider.models.client_memory.time.monotonic", return_value=memory._clients[key].until):
        assert memory.find(key) is None


def test_memory_drops_what_has_ended() -> None:
    memory, now = ClientMemory(), time.monotonic()
    for number, elapsed in enumerate((0, LIFETIME / 2, 2 * LIFETIME)):
        with patch("oauth_provider.models.client_memory.time.monotonic", return_value=now + elapsed):
            memory.keep(("default", str(number), ""), (), "5 6 7")
    assert [client_id for _using, client_id, _digest in memory._clients] == ["2"]


def test_what_could_be_changed_is_not_remembered() -> None:
    memory, key = ClientMemory(), ("default", "a", "")
    memory.keep(key, (1, "a", {"of": "hstore"}), "5 6 7")
    assert memory.find(key) is None


def test_no_secret_is_remembered(driver: Driver) -> None:
    """Those that DOT stored in plain text included; the secret itself is known by its digest alone."""
    application_model().objects.update(client_secret=driver.application.secret, hash_client_secret=False)
    ClientSecret.objects.update(from_dot=True, encoded=driver.application.secret)
    assert own(driver).status_code == 200
    assert is_remembered(driver)
    known = client_memory.find(("default", driver.application.client_id, digest(driver.application.secret)))
    assert known is not None
    assert driver.application.secret not in repr(known.values)
    recalled = recall_with_secret(driver.application.client_id, driver.application.secret)
    assert recalled is not None
    row = recalled.client.application
    row.name = "renamed"
    row.save()
    row.refresh_from_db()
    assert row.client_secret == driver.application.secret


def test_who_comes_by_a_token_is_not_recalled_by_credentials(driver: Driver) -> None:
    token = driver.tokens()["access_token"]
    assert driver.introspect(token).json()["active"] is True
    assert is_remembered(driver)
    for more in ({}, {"client_secret": None, "client_assertion": "a.b.c", "client_assertion_type": "jwt"}):
        form = {name: value for name, value in ({"token": token} | driver.credentials | more).items() if value}
        refused(post(driver.browser, INTROSPECT, form, authorization=f"Bearer {token}"), "invalid_request")


def test_nobody_is_asked_for_the_keys_of_a_client_as_it_was(driver: Driver) -> None:
    policy = {"id_token_encrypted_response_alg": "RSA-OAEP-256", "id_token_encrypted_response_enc": "A256GCM"}
    refresh_token, asked = driver.tokens()["refresh_token"], []
    policies().update(jwks_uri="https://app.example.com/jwks", **policy)
    own(driver)

    def fetched_keys(uri: str, *_how: Any) -> tuple[()]:
        asked.append(uri)
        return ()

    assert is_remembered(driver)
    with patch("oauth_provider.clients.encryption.fetched_keys", fetched_keys):
        policies().update(status="suspended")
        refused(driver.refresh(refresh_token), "invalid_client")
        assert asked == []


def test_what_an_open_transaction_wrote_is_not_remembered(driver: Driver) -> None:
    """Two writings of one transaction have one name. Autocommit is off, so Django knows of no block."""
    client_memory.clear()
    transaction.set_autocommit(False)
    try:
        policies().update(scopes=["notes:read"])
        find_with_secret(driver.application.client_id, driver.application.secret)
        policies().update(status="suspended")
        transaction.commit()
    finally:
        transaction.set_autocommit(True)
    assert not is_remembered(driver)
    refused(own(driver), "invalid_client")


def test_a_tenant_is_not_taken_for_another() -> None:
    """Rows of two schemas may have the same keys and have been written by the same transaction."""
    application = ApplicationFactory(client_id="web", public=True, redirect_uris="https://a.example.com/callback")
    table = application._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA tenant")
        for name in ledger.tables():
            cursor.execute(f"CREATE TABLE tenant.{name} (LIKE public.{name} INCLUDING ALL)")
        try:
            with transaction.atomic():
                cursor.execute(f"UPDATE public.{table} SET name = 'a'")
                cursor.execute(f"INSERT INTO tenant.{table} SELECT * FROM public.{table}")
            find_with_secret("web", "")
            recalled = recall_with_secret("web", "")
            assert recalled is not None
            recalled.client.confirm()
            cursor.execute("SET search_path = tenant")
            other = recall_with_secret("web", "")
            assert other is not None
            with pytest.raises(ClientChanged):
                other.client.confirm()
        finally:
            cursor.execute("SET search_path = public")
            cursor.execute("DROP SCHEMA tenant CASCADE")
