"""Check of clients' policies (RFC 7591 §2): names that there are not are told, and refused by ``clean``."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.checks import policies
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.response_type import LEGACY
from tests.checks.messages import said
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2")]


def check() -> list[Any]:
    return policies.check_policies(None, databases=["default"])


@each(
    "policy",
    [
        {},
        {"scopes": None},
        {"scopes": []},
        {"scopes": ["notes:read", "openid"], "grant_types": []},
        {"grant_types": ["authorization_code", "refresh_token", "client_credentials", "implicit"]},
        {"response_types": ["code", *LEGACY]},  # known, and waiting until they are turned on
    ],
)
def test_names_that_there_are_are_fine(policy: dict[str, Any]) -> None:
    ApplicationFactory(policy=policy)
    assert said(policies.check_policies, databases=["default"]) == []
    ClientPolicy.objects.get().clean()


@each(
    ("column", "names", "meant"),
    [
        ("grant_types", ["authorisation_code"], "authorization_code"),
        ("grant_types", ["authorization_code", "password"], ""),
        ("response_types", ["code tokens"], "code token"),
        ("response_types", ["code", "none"], ""),
        ("scopes", ["notes:raed"], "notes:read"),
        ("scopes", ["notes:read", "admin"], ""),
    ],
)
def test_a_name_that_there_is_not_is_told_with_its_client(column: str, names: list[str], meant: str) -> None:
    application = ApplicationFactory(policy={column: names})
    ApplicationFactory(policy={})
    (message,) = check()
    assert message.id == "oauth_provider.W121"
    for told in (repr(application.client_id), repr(names[-1]), column):
        assert told in message.msg
    assert (f"Did you mean {meant!r}?" in message.hint) is bool(meant)
    with pytest.raises(ValidationError) as refused:
        ClientPolicy.objects.get(application=application).clean()
    assert list(refused.value.message_dict) == [column]
    assert (f"Did you mean {meant}?" in refused.value.messages[0]) is bool(meant)


@each("value", ["notes:read", 7, {"notes:read": 1}, [7], [None], [["notes:read"]]])
def test_a_column_that_was_written_past_the_models_breaks_nothing(value: Any) -> None:
    ApplicationFactory(policy={"scopes": value})
    assert said(policies.check_policies, databases=["default"]) == ["W121"]


def test_many_clients_are_a_few_messages_and_a_few_statements() -> None:
    for _ in range(15):
        ApplicationFactory(policy={"scopes": ["gone"]})
    with CaptureQueriesContext(connection) as asked:
        assert len(check()) == policies.MAX_MESSAGES
    assert len(asked) <= 6


def test_another_database_is_not_asked() -> None:
    ApplicationFactory(policy={"scopes": ["gone"]})
    for databases in (None, [], ["other"]):
        assert said(policies.check_policies, databases=databases) == []


def test_a_table_of_grants_that_cannot_be_loaded_is_left_to_its_own_check(settings: Any) -> None:
    ApplicationFactory(policy={"scopes": ["gone"]})
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "GRANTS": ["gone.grant"]}
    assert said(policies.check_policies, databases=["default"]) == []
