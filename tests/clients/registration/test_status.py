"""The status of a client: which steps there are, who takes them, and what is told of each (RFC 7591 §5)."""

from typing import Any

import pytest

from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, MetadataRefused
from oauth_provider.clients.registration.status import Step, give_scopes, move, possible_steps
from oauth_provider.models import AuditEvent, ClientPolicy
from oauth_provider.models.client import as_client
from tests import ledger
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]

OPERATOR, DEVELOPER = By(Door.ADMIN), By(Door.PORTAL)


@each(
    ("status", "step", "by", "then", "event"),
    [
        ("draft", Step.SUBMIT, DEVELOPER, "pending", "client_submitted"),
        ("pending", Step.WITHDRAW, DEVELOPER, "draft", "client_returned"),
        ("pending", Step.RETURN, OPERATOR, "draft", "client_returned"),
        ("draft", Step.APPROVE, OPERATOR, "approved", "client_approved"),
        ("pending", Step.APPROVE, OPERATOR, "approved", "client_approved"),
        ("unapproved", Step.APPROVE, OPERATOR, "approved", "client_approved"),
        ("approved", Step.SUSPEND, OPERATOR, "suspended", "client_suspended"),
        ("draft", Step.SUSPEND, OPERATOR, "suspended", "client_suspended"),
    ],
)
def test_each_step_ends_in_one_status_and_is_told(status: str, step: Step, by: By, then: str, event: str) -> None:
    client = as_client(ApplicationFactory(policy={"status": status}))
    assert step in possible_steps(client.policy, by)
    assert move(client, step, by, note="Well done").policy.status == then
    row = ClientPolicy.objects.get()
    assert (row.status, row.status_note) == (then, "Well done")
    told = AuditEvent.objects.exclude(kind="secret_made").get()
    assert (told.kind, told.facts) == (event, {"before": status, "status": then, "note": "Well done"})


@each(
    ("status", "step", "by"),
    [
        ("draft", Step.APPROVE, DEVELOPER),
        ("approved", Step.SUSPEND, DEVELOPER),
        ("suspended", Step.RESUME, DEVELOPER),
        ("suspended", Step.SUBMIT, DEVELOPER),
        ("suspended", Step.APPROVE, OPERATOR),
        ("suspended", Step.SUSPEND, OPERATOR),
        ("approved", Step.SUBMIT, DEVELOPER),
        ("approved", Step.RESUME, OPERATOR),
        ("draft", Step.RETURN, OPERATOR),
    ],
)
def test_no_other_step_is_taken(status: str, step: Step, by: By) -> None:
    client = as_client(ApplicationFactory(policy={"status": status}))
    assert step not in possible_steps(client.policy, by)
    with ledger.unchanged(), pytest.raises(MetadataRefused):
        move(client, step, by)


@each("status", ["draft", "pending", "unapproved", "approved"])
def test_a_suspension_that_ends_approves_nothing(status: str) -> None:
    client = as_client(ApplicationFactory(policy={"status": status}))
    move(client, Step.SUSPEND, OPERATOR)
    assert move(client, Step.RESUME, OPERATOR).policy.status == ClientPolicy.objects.get().status == status
    assert list(AuditEvent.objects.exclude(kind="secret_made").order_by("pk").values_list("kind", flat=True)) == [
        "client_suspended",
        "client_resumed",
    ]


def test_the_status_counts_as_it_is_and_not_as_it_was_read() -> None:
    stale = as_client(ApplicationFactory(policy={"status": "draft"}))
    ClientPolicy.objects.update(status="suspended")
    with pytest.raises(MetadataRefused):
        move(stale, Step.SUBMIT, DEVELOPER)
    assert ClientPolicy.objects.get().status == "suspended"


def test_a_client_without_a_policy_gets_one() -> None:
    move(as_client(ApplicationFactory()), Step.SUSPEND, OPERATOR)
    policy = ClientPolicy.objects.get()
    assert (policy.status, policy.suspended_from) == ("suspended", "approved")
    assert "authorization_code" in policy.grant_types


def test_an_approval_gives_the_scopes_that_wait() -> None:
    waiting = {"status": "pending", "scopes": ["notes:read"], "requested_scope": "notes:write"}
    client = as_client(ApplicationFactory(policy=waiting))
    assert move(client, Step.APPROVE, OPERATOR).policy.scopes == ["notes:read", "notes:write"]
    assert ClientPolicy.objects.get().requested_scope == ""


@each(("refused", "scopes"), [(False, ["notes:read", "notes:write"]), (True, ["notes:read"])])
def test_scopes_are_given_and_refused_by_operators_alone(refused: bool, scopes: Any) -> None:
    waiting = {"scopes": ["notes:read"], "requested_scope": "notes:write"}
    client = as_client(ApplicationFactory(policy=waiting))
    with ledger.unchanged(), pytest.raises(MetadataRefused):
        give_scopes(client, DEVELOPER, refused=refused)
    give_scopes(client, OPERATOR, refused=refused)
    policy = ClientPolicy.objects.get()
    assert (policy.scopes, policy.requested_scope) == (scopes, "")
