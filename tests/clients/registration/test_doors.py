"""The policy of registration (RFC 7591 §5): who comes through which door, with what, and what a change may change."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group

from oauth_provider.checks import client_registration
from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door, door_policy
from oauth_provider.clients.registration.proposal import By
from oauth_provider.clients.registration.quotas import QuotaReached
from oauth_provider.clients.registration.register import find_warnings, propose, register
from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, ClientMember
from tests import ledger
from tests.checks.messages import said
from tests.clients.registration.doors import SERVICE, WEB, by, changed, faults_of
from tests.each import each
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]


@each("door", ["PORTAL", "ENDPOINT", "DOCUMENT"])
def test_every_door_but_the_operators_is_closed_by_default(door: str) -> None:
    assert "" in faults_of(WEB, by(door=Door[door]))
    assert not door_policy(Door[door]).is_open


def test_who_registers_in_the_portal_owns_a_draft(opened: Any) -> None:
    user = UserFactory()
    client = register(replace(WEB, status="approved"), by(user))
    assert (client.policy.status, client.policy.door, client.policy.kind) == ("draft", "portal", "web")
    assert ClientMember.objects.get(application=client.application).user == user
    assert AuditEvent.objects.get(kind="client_registered").actor == str(user.pk)


def test_where_a_client_came_from_stands_in_dots_column_too(opened: Any) -> None:
    opened("ENDPOINT")
    client = register(WEB, By(Door.ENDPOINT))
    assert (client.application.registration_source, client.policy.status) == ("dcr", "unapproved")
    assert not ClientMember.objects.exists()


@each(
    ("who", "is_let_in"),
    [
        ("everybody", True),
        ("signed-in", True),
        ("group:Developers", True),
        ("group:Others", False),
        (["group:Others", "group:Developers"], True),
        ("permission:oauth_provider.add_clientpolicy", False),
        ("callable:tests.clients.registration.test_doors.is_called_ada", True),
        ((lambda by: by.address == "192.0.2.1"), True),
        ((lambda by: False), False),
    ],
)
def test_who_may_come_through_is_said_by_the_setting(opened: Any, who: Any, is_let_in: bool) -> None:
    opened(WHO=who)
    user = UserFactory(username="ada")
    user.groups.add(Group.objects.create(name="Developers"))
    assert said(client_registration.check_registration) == []
    if is_let_in:
        assert register(WEB, by(user)).client_id
    else:
        assert faults_of(WEB, by(user)) == {""}


def is_called_ada(user: Any, by: By) -> bool:
    return user is not None and user.username == "ada"


def test_nobody_is_nobody(opened: Any) -> None:
    opened(WHO=["group:Developers", "permission:oauth_provider.add_clientpolicy"])
    assert faults_of(WEB, By(Door.PORTAL)) == {""}
    opened()
    assert faults_of(WEB, By(Door.PORTAL)) == {""}


@each(
    ("metadata", "kind", "wrong"),
    [
        (SERVICE, "service", "grant_types"),
        (Metadata.of_kind(KINDS["api"], client_name="API"), "api", "grant_types"),
        (replace(WEB, grant_types=(*WEB.grant_types, "client_credentials")), "web", "grant_types"),
        (replace(WEB, scope=None), "web", "scope"),
        (replace(WEB, scope=("notes:write",)), "web", "scope"),
        (replace(WEB, publisher="Bank", verified_host="bank.example"), "web", "publisher"),
        (replace(WEB, may_introspect=True), "web", "may_introspect"),
        (replace(WEB, context="acme"), "web", "context"),
        (replace(WEB, usable_by="group:Staff"), "web", "usable_by"),
        (replace(WEB, refresh_token_retry_window=600), "web", "refresh_token_retry_window"),
        (replace(WEB, redirect_uris=("https://evil.example/cb",)), "web", "redirect_uris"),
        (
            replace(WEB, redirect_uris=("https://app.example.com/cb", "https://x.bad.example.com/")),
            "web",
            "redirect_uris",
        ),
        (replace(WEB, client_uri="https://evil.example/"), "web", "client_uri"),
        (replace(WEB, client_name="Examp1e B\u0430nk helper"), "web", "client_name"),
        *(
            (replace(WEB, client_name=name), "web", "client_name")
            for name in (
                "E x a m p l e  B a n k",
                "E x ample Bank Login",
                "ExampleBank Login",
                "Examp|e Bank! Login",
                "Examp\u00adle Bank Login",
                "Exam\ufe0fple Bank Login",
                "E\u200bxample Bank Login",
            )
        ),
        (replace(WEB, redirect_uris=("https://xn--bnk-6cd.example.com/cb",)), "web", "redirect_uris"),
        (replace(WEB, client_uri="https://bank.examp1e.com/"), "web", "client_uri"),
    ],
)
def test_what_is_not_for_this_door_is_named_by_its_member(opened: Any, metadata: Any, kind: str, wrong: str) -> None:
    hosts = {"ALLOWED_HOSTS": ["example.com", "examp1e.com"], "REFUSED_HOSTS": ["bad.example.com"]}
    opened(SCOPES=["notes:read"], **hosts, reserved=["Example Bank", "bank.example.com"])
    assert wrong in faults_of(metadata, by(), kind)
    # An operator is bound by none of it.
    if metadata not in (WEB, SERVICE) and metadata.scope is not None:
        assert register(metadata, By(Door.ADMIN)).client_id


def test_the_persons_own_machine_is_allowed_everywhere(opened: Any) -> None:
    opened(ALLOWED_HOSTS=["example.com"])
    register(replace(WEB, redirect_uris=("http://127.0.0.1/cb", "http://localhost:3000/cb")), by())


def test_an_operator_is_warned_of_a_reserved_name_and_may_use_it(opened: Any) -> None:
    opened(reserved=["Example Bank"])
    operator = By(Door.ADMIN)
    proposal = propose(replace(WEB, client_name="Example Bank"), application_model()(), operator)
    assert [fault.member for fault in find_warnings(proposal)] == ["client_name"]
    client = register(replace(WEB, client_name="Example Bank"), operator)
    # What an operator has named so stays so, and its developers may change the rest.
    assert changed(client, by(), access_token_lifetime=60).application.name == "Example Bank"


def test_the_servers_own_host_is_reserved(opened: Any, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"ISSUER": "https://auth.example.com:8443/o"}
    assert faults_of(replace(WEB, redirect_uris=("https://xn--uth-5cd.example.com/cb",)), by()) == {"redirect_uris"}
    assert register(replace(WEB, redirect_uris=("https://auth.example.com/app",)), by()).client_id


def test_scopes_that_need_review_wait_and_the_client_goes_on(opened: Any) -> None:
    opened(REVIEW_SCOPES=["notes:write"])
    client = register(replace(WEB, scope=("notes:read", "notes:write")), by())
    assert (client.policy.scopes, client.policy.requested_scope) == (["notes:read"], "notes:write")
    # Nobody gives it to themselves by naming it as what waits.
    client = changed(client, by(), requested_scope="notes:write openid", scope=("notes:read", "notes:write"))
    assert (client.policy.scopes, client.policy.requested_scope) == (["notes:read"], "notes:write")
    assert changed(client, by(), requested_scope="").policy.requested_scope == ""
    client = changed(client, by(), scope=("notes:read", "notes:write"))
    client = changed(client, By(Door.ADMIN), scope=("notes:read", "notes:write"))
    assert (client.policy.scopes, client.policy.requested_scope) == (["notes:read", "notes:write"], "")
    # What was given stays.
    assert changed(client, by(), access_token_lifetime=60).policy.scopes == ["notes:read", "notes:write"]


def test_quotas_hold_for_a_person_an_address_and_the_door(opened: Any) -> None:
    ada, bob = UserFactory(), UserFactory()
    opened(PER_PERSON=1)
    register(WEB, by(ada))
    with ledger.unchanged(), pytest.raises(QuotaReached):
        register(WEB, by(ada))
    register(WEB, by(bob))
    opened(TOTAL=2)
    with pytest.raises(QuotaReached):
        register(WEB, by())
    opened(PER_ADDRESS="2/hour")
    for _number in range(2):
        register(WEB, by())
    with ledger.unchanged(), pytest.raises(QuotaReached) as refused:
        register(WEB, by())
    assert 0 < refused.value.retry_after <= 3600
    register(WEB, By(Door.PORTAL, ada, "192.0.2.2"))
    register(WEB, By(Door.ADMIN, ada, "192.0.2.1"))


@each(
    "registration",
    [
        {"PORTALL": {}},
        {"PORTAL": True},
        {"PORTAL": {"OPEN": True}},
        {"PORTAL": {"IS_OPEN": "yes"}},
        {"PORTAL": {"WHO": "staff"}},
        {"PORTAL": {"WHO": "callable:no.such"}},
        {"PORTAL": {"KINDS": ["webb"]}},
        {"PORTAL": {"SCOPES": "notes:read"}},
        {"PORTAL": {"REVIEW_SCOPES": ["no:such"]}},
        {"PORTAL": {"REVIEW_MEMBERS": ["name"]}},
        {"PORTAL": {"STATUS": "suspended"}},
        {"PORTAL": {"ALLOWED_HOSTS": ["https://a.example"]}},
        {"PORTAL": {"PER_PERSON": 0}},
        {"ENDPOINT": {"PER_ADDRESS": "often"}},
        {"ENDPOINT": {"NEEDS_TOKEN": "yes"}},
        {"ENDPOINT": {"NEEDS_STATEMENT": 1}},
        {"ENDPOINT": {"SHARED_ADDRESSES": ["198.51.100.0/24"]}},
        {"ENDPOINT": {"SHARED_ADDRESSES": {"198.51.100.1/24": "5/hour"}}},
        {"ENDPOINT": {"SHARED_ADDRESSES": {"198.51.100.0/24": ""}}},
        {"RESERVED_NAMES": "Bank"},
    ],
)
def test_a_setting_that_cannot_be_used_is_found(settings: Any, registration: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": registration}
    assert said(client_registration.check_registration) == ["E140"]
    assert said(client_registration.check_strangers) == []


def test_strangers_who_get_services_with_every_scope_are_warned_of(opened: Any) -> None:
    opened("ENDPOINT", KINDS=["web", "service"])
    assert said(client_registration.check_strangers) == ["W141"]
    opened("ENDPOINT", KINDS=["web", "service"], SCOPES=["notes:read"])
    assert said(client_registration.check_strangers) == []
