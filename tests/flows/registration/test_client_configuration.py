"""Managing a registration (RFC 7592): the client alone, with a token that changes at each update."""

from typing import Any

import pytest

from oauth_provider.clients.registration import dynamic
from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, ClientPolicy, ClientSecret, DynamicRegistration
from oauth_provider.models.client import Client
from oauth_provider.protocol.token_string import REGISTRATION_ACCESS_TOKEN, make_token
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.registrar import Registrar, open_door

pytestmark = pytest.mark.django_db


def refused(response: Any) -> None:
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.spec("RFC 7592", "2.1")
def test_a_client_reads_what_it_registered(registrar: Registrar) -> None:
    made = registrar.made()
    response = registrar.manage("GET", made)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert response.json() == made


@pytest.mark.spec("RFC 7592", "2.2")
def test_an_update_says_all_anew_and_brings_the_next_token(registrar: Registrar) -> None:
    made = registrar.made(client_uri="https://app.example.com/", contacts=["dev@app.example.com"])
    new = {"redirect_uris": ["https://app.example.com/new"], "client_uri": None, "contacts": None}
    response = registrar.put(made, **new)
    assert response.status_code == 200, response.content
    changed = response.json()
    assert changed["redirect_uris"] == ["https://app.example.com/new"]
    assert not {"client_uri", "contacts"} & set(changed)
    assert application_model().objects.get().redirect_uris == "https://app.example.com/new"
    assert changed["registration_access_token"] != made["registration_access_token"]
    assert registrar.manage("GET", changed).json() == changed
    refused(registrar.manage("GET", made))
    assert changed["registration_access_token"] not in ledger.text()


@pytest.mark.spec("RFC 7592", "3")
def test_the_token_before_serves_until_the_next_is_used(registrar: Registrar) -> None:
    # The answer with the next one may be lost.
    made = registrar.made()
    lost = registrar.put(made, client_name="Album").json()
    again = registrar.put(made, client_name="Album").json()
    refused(registrar.manage("GET", lost))
    assert registrar.manage("GET", again).status_code == 200
    refused(registrar.manage("GET", made))


@pytest.mark.spec("RFC 7592", "2.1")
def test_nobody_else_learns_whether_there_is_such_a_client(registrar: Registrar) -> None:
    made, other = registrar.made(), registrar.made(client_name="Other")
    by_hand = ApplicationFactory(client_id="by-hand")
    with ledger.unchanged():
        answers = [
            registrar.manage(method, {"client_id": client_id}, {"client_id": client_id}, token)
            for method in ("GET", "PUT", "DELETE")
            for client_id, token in [
                (made["client_id"], other["registration_access_token"]),
                (made["client_id"], make_token(REGISTRATION_ACCESS_TOKEN)),
                (made["client_id"], "x"),
                (made["client_id"], ""),
                (by_hand.client_id, made["registration_access_token"]),
                ("nobody", made["registration_access_token"]),
            ]
        ]
    for response in answers:
        refused(response)
    assert len({response.content for response in answers}) == 1


def test_a_token_for_an_api_or_from_before_opens_nothing(registrar: Registrar) -> None:
    made = registrar.made(token_endpoint_auth_method="client_secret_post", grant_types=["authorization_code"])
    application = application_model().objects.get()
    application.secret = made["client_secret"]
    driver = Driver(application, scope="notes:read")
    driver.sign_in(UserFactory())
    for token in (driver.tokens()["access_token"], made["client_secret"]):
        refused(registrar.manage("GET", made, token=token))


@pytest.mark.spec("RFC 7592", "2.2")
@each(
    "changes",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"client_id": ["x"]},
        {"client_secret": "not mine"},
        {"client_secret": {}},
        {"redirect_uris": ["https://app.example.com/#x"]},
        {"redirect_uris": None},
        {"grant_types": ["client_credentials"]},
        {"client_name": 1},
        {"scope": "no:such"},
    ],
)
def test_an_update_that_is_refused_changes_nothing(registrar: Registrar, changes: dict[str, Any]) -> None:
    made = registrar.made()
    document = {**registrar.metadata, "client_id": made["client_id"], **changes}
    with ledger.unchanged():
        response = registrar.manage("PUT", made, {name: one for name, one in document.items() if one is not None})
    assert response.status_code == 400
    assert response.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")
    assert registrar.manage("GET", made).status_code == 200


@pytest.mark.spec("RFC 7592", "2.2")
@each(
    "member",
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"],
)
def test_what_is_ours_to_say_is_refused_in_an_update(registrar: Registrar, member: str) -> None:
    made = registrar.made()
    document = {**registrar.metadata, "client_id": made["client_id"], member: made.get(member, 0)}
    response = registrar.manage("PUT", made, document)
    assert response.status_code == 400
    assert member in response.json()["error_description"]


@pytest.mark.spec("RFC 7592", "2.2")
def test_a_client_gets_another_secret_before_its_own_ends(registrar: Registrar, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTERED_SECRET_LIFETIME": 1000}
    made = registrar.made(token_endpoint_auth_method="client_secret_basic")
    early = registrar.put(made)
    assert "client_secret" not in early.json()
    with ledger.later(600):
        late = registrar.manage(
            "PUT",
            early.json(),
            {**registrar.metadata, "token_endpoint_auth_method": "client_secret_basic", "client_id": made["client_id"]}
            | {"client_secret": made["client_secret"]},
        ).json()
        assert late["client_secret"] != made["client_secret"]
        assert late["client_secret_expires_at"] > made["client_secret_expires_at"]
        assert ClientSecret.objects.live().count() == 2  # the one before serves until it ends


def test_a_client_that_changes_its_type_loses_or_gets_a_secret(registrar: Registrar) -> None:
    made = registrar.made()
    confidential = registrar.put(made, token_endpoint_auth_method="client_secret_post").json()
    assert confidential["client_secret"]
    public = registrar.put(confidential, token_endpoint_auth_method="none").json()
    assert "client_secret" not in public
    assert not ClientSecret.objects.live().exists()


@pytest.mark.spec("RFC 7592", "2.3")
def test_a_client_deletes_itself_and_all_that_it_had(registrar: Registrar) -> None:
    made = registrar.made(token_endpoint_auth_method="client_secret_post", grant_types=["authorization_code"])
    application = application_model().objects.get()
    application.secret = made["client_secret"]
    driver = Driver(application, scope="notes:read")
    driver.sign_in(UserFactory())
    tokens = driver.tokens()
    response = registrar.manage("DELETE", made)
    assert (response.status_code, response.content) == (204, b"")
    assert not application_model().objects.exists()
    assert not DynamicRegistration.objects.exists()
    assert not ledger.is_good(tokens["access_token"])
    assert AuditEvent.objects.filter(kind="client_deleted", client_id=made["client_id"]).exists()
    refused(registrar.manage("GET", made))


@pytest.mark.spec("RFC 7592", "2.1")
@each("method", ["GET", "PUT", "DELETE"])
def test_a_suspended_client_may_not_even_go(registrar: Registrar, method: str) -> None:
    made = registrar.made()
    ClientPolicy.objects.update(status="suspended")
    document = {**registrar.metadata, "client_id": made["client_id"]}
    with ledger.unchanged():
        response = registrar.manage(method, made, document)
    assert (response.status_code, response.json()["error"]) == (403, "access_denied")


@pytest.mark.spec("RFC 7592", "2.3")
def test_nor_does_one_that_is_suspended_while_it_goes(registrar: Registrar, monkeypatch: pytest.MonkeyPatch) -> None:
    made = registrar.made()

    def late(client: Client) -> None:
        check_open(client)
        ClientPolicy.objects.update(status="suspended")
        monkeypatch.undo()

    check_open = dynamic.check_open
    monkeypatch.setattr(dynamic, "check_open", late)
    response = registrar.manage("DELETE", made)
    assert (response.status_code, response.json()["error"]) == (403, "access_denied")
    assert application_model().objects.exists()
    assert not AuditEvent.objects.filter(kind="client_deleted").exists()


def test_no_update_widens_what_the_door_gives(settings: Any) -> None:
    open_door(settings, SCOPES=["openid", "notes:read"])
    registrar = Registrar()
    made = registrar.made(scope="notes:read")
    changed = registrar.put(made, scope="openid notes:read notes:write").json()
    assert changed["scope"] == "openid notes:read"
    # What an operator gave beyond that stays, while the client still asks for it.
    ClientPolicy.objects.update(scopes=["notes:read", "notes:write"])
    kept = registrar.put(changed, scope="notes:read notes:write photos:read").json()
    assert kept["scope"] == "notes:read notes:write"
    gone = registrar.put(kept, scope="notes:read").json()
    assert registrar.put(gone, scope="notes:read notes:write").json()["scope"] == "notes:read"


def test_what_an_operator_decided_stays(registrar: Registrar) -> None:
    made = registrar.made()
    decided = {"may_introspect": False, "access_token_lifetime": 60, "context": "", "optional_scope": "notes:read"}
    ClientPolicy.objects.update(status="approved", **decided)
    assert registrar.put(made, contacts=["a@b.example"]).status_code == 200
    policy = ClientPolicy.objects.get()
    assert {name: getattr(policy, name) for name in decided} == decided
    assert policy.status == "approved"


def test_a_change_of_where_answers_go_undoes_an_approval(registrar: Registrar) -> None:
    made = registrar.made()
    ClientPolicy.objects.update(status="approved")
    assert registrar.put(made, redirect_uris=["https://evil.example/"]).status_code == 200
    assert ClientPolicy.objects.get().status == "unapproved"


@each("method", ["POST", "PATCH"])
def test_other_methods_are_refused(registrar: Registrar, method: str) -> None:
    response = registrar.manage(method, registrar.made())
    assert (response.status_code, response["Allow"]) == (405, "GET, PUT, DELETE, OPTIONS")
