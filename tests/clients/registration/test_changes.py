"""Changes pass the policy of their door as a creation does, and what an operator approved is looked at again."""

from typing import Any

import pytest

from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, MetadataRefused
from oauth_provider.clients.registration.register import register
from oauth_provider.models import ClientPolicy
from tests import ledger
from tests.clients.registration.doors import SERVICE, WEB, by, changed
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]


@each(
    ("door", "members", "then"),
    [
        ("PORTAL", {"client_name": "Bank"}, "pending"),
        ("PORTAL", {"redirect_uris": ("https://other.example/cb",)}, "pending"),
        ("PORTAL", {"client_uri": "https://other.example/"}, "pending"),
        ("PORTAL", {"access_token_lifetime": 60}, "approved"),
        ("ENDPOINT", {"client_name": "Bank"}, "unapproved"),
    ],
)
def test_what_an_operator_approved_is_looked_at_again_where_it_changes(
    opened: Any, door: str, members: dict[str, Any], then: str
) -> None:
    opened(door)
    client = register(WEB, By(Door.ADMIN))
    client = changed(client, by(door=Door[door]), **members, status="approved")
    assert client.policy.status == ClientPolicy.objects.get().status == then


def test_an_approval_is_of_what_was_there_and_not_of_a_change_that_comes_late(opened: Any) -> None:
    client = register(WEB, by())
    ClientPolicy.objects.update(status="approved")
    with ledger.unchanged(), pytest.raises(MetadataRefused, match="meanwhile"):
        changed(client, by(), redirect_uris=("https://other.example/cb",))


@each(
    ("scopes", "grant_types", "waiting"),
    [
        (None, WEB.grant_types, "notes:write"),
        (["notes:read", "notes:write"], WEB.grant_types, ""),
        (["notes:read", "notes:write"], ("client_credentials",), "notes:write"),
    ],
)
def test_an_approved_client_gets_no_scope_that_nobody_named_or_is_asked_for(
    opened: Any, scopes: Any, grant_types: Any, waiting: str
) -> None:
    opened(SCOPES=scopes, KINDS=["web", "service"])
    kind = WEB if grant_types == WEB.grant_types else SERVICE
    client = register(kind, By(Door.ADMIN))
    client = changed(client, by(), scope=("notes:read", "notes:write"))
    given = ["notes:read"] if waiting else ["notes:read", "notes:write"]
    assert (client.policy.status, client.policy.scopes, client.policy.requested_scope) == ("approved", given, waiting)


def test_a_change_that_began_before_a_suspension_does_not_end_it(opened: Any) -> None:
    client = register(WEB, By(Door.ADMIN))
    ClientPolicy.objects.update(status="suspended")
    with pytest.raises(MetadataRefused, match="meanwhile"):
        changed(client, by(), client_name="Bank")
    assert ClientPolicy.objects.get().status == "suspended"


def test_a_change_passes_the_same_rules_as_a_creation(opened: Any) -> None:
    opened(SCOPES=["notes:read"], REFUSED_HOSTS=["evil.example"], reserved=["Bank"])
    client = register(WEB, by())
    for members in (
        {"scope": ("notes:read", "notes:write")},
        {"scope": None},
        {"redirect_uris": ("https://evil.example/",)},
        {"redirect_uris": ("https://evil.example./",)},
        {"client_name": "B\u0430nk"},
        {"may_introspect": True},
        {"grant_types": ("client_credentials",), "redirect_uris": ()},
        {"grant_types": (*WEB.grant_types, "client_credentials")},
    ):
        with ledger.unchanged(), pytest.raises(MetadataRefused):
            changed(client, by(), **members)
    opened(WHO="group:Nobody")
    with pytest.raises(MetadataRefused):
        changed(client, by(), access_token_lifetime=60)
