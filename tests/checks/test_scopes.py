"""Checks of the scope registry: a field that is misspelt would be a rule that nobody applies."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from oauth_provider.checks import configuration, scopes
from oauth_provider.checks.guards import check_scopes_exist
from oauth_provider.checks.resources import check_resources
from oauth_provider.protocol.scope_entry import ScopeEntry
from tests.checks.messages import said

pytestmark = pytest.mark.spec("RFC 6749", "3.3")

RULE = "tests.checks.test_scopes.may_grant"


def may_grant(user: Any, scope: str) -> bool:
    return True


@pytest.fixture
def entry(settings: Any) -> Any:
    """Set the entry of a scope, beside another one."""

    def put(value: Any = None, **more: Any) -> None:
        scope = {"title": "Write", **more} if value is None else value
        settings.OAUTH_PROVIDER = {"SCOPES": {"write": scope, "read": "Read"}}

    return put


@pytest.mark.parametrize(
    "more",
    [
        {"grantable_bye": "group:Editors"},
        {"risk": "money"},
        {"risk": None},
        {"optional": "yes"},
        {"implies": "read"},
        {"implies": [7]},
        {"icon": 7},
        {"group": ["Notes"]},
        {"grantable_by": may_grant},
    ],
)
def test_a_field_that_nobody_would_apply_is_an_error(entry: Any, more: Any) -> None:
    entry(**more)
    assert said(scopes.check_entries) == ["E100"]
    # The others leave it to this one.
    for check in (scopes.check_relations, scopes.check_rules, scopes.check_icons, check_resources, check_scopes_exist):
        assert said(check) == []


def test_a_misspelt_field_is_told_with_what_was_meant(entry: Any) -> None:
    entry(descripton="More of it")
    (message,) = scopes.check_entries(None)
    assert "did you mean 'description'" in message.msg


def test_an_entry_can_be_made_in_code_and_is_checked_alike(entry: Any) -> None:
    entry(ScopeEntry("Write", risk="money"))
    assert said(scopes.check_entries) == ["E100"]
    entry(ScopeEntry("Write", risk="costs", implies=("read",), grantable_by=f"callable:{RULE}"))
    assert said(scopes.check_entries) == said(scopes.check_relations) == said(scopes.check_rules) == []


@pytest.mark.parametrize("value", [{}, {"title": " "}, {"title": 7}, {"description": "It writes"}])
def test_an_entry_needs_a_title(entry: Any, value: Any) -> None:
    entry(value)
    assert said(configuration.check_scopes) == ["E114"]


def test_scopes_that_are_named_have_to_be_there(entry: Any) -> None:
    entry(implies=["red", "openid"], read_twin="raed")
    first, second = scopes.check_relations(None)
    assert (first.id, second.id) == ("oauth_provider.E101", "oauth_provider.E101")
    assert "Did you mean 'read'?" in first.hint


def test_no_scope_implies_itself(settings: Any) -> None:
    three = {"a": {"title": "A", "implies": ["b"]}, "b": {"title": "B", "implies": ["a"]}, "c": "C"}
    settings.OAUTH_PROVIDER = {"SCOPES": three}
    (message,) = scopes.check_relations(None)
    assert (message.id, "a, b" in message.msg) == ("oauth_provider.E102", True)


@pytest.mark.parametrize(
    "rule",
    ["staff", "group:", "permission:change_note", "callable:no.such.module", "callable:tests.checks.test_scopes.RULE"],
)
def test_a_rule_that_cannot_be_asked_is_an_error(entry: Any, rule: str) -> None:
    entry(grantable_by=rule)
    assert said(scopes.check_rules) == ["E104"]
    assert said(scopes.check_holders, databases=["default"]) == []


def test_an_icon_that_nobody_draws_is_a_warning(entry: Any) -> None:
    entry(icon="documnet")
    (message,) = scopes.check_icons(None)
    assert (message.id, "'document'" in message.hint) == ("oauth_provider.W128", True)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", ["group:Editors", "permission:auth.no_such"])
def test_a_rule_about_who_there_is_not_is_a_warning(entry: Any, rule: str) -> None:
    entry(grantable_by=rule)
    assert said(scopes.check_holders, databases=["default"]) == ["W129"]
    assert said(scopes.check_holders, databases=None) == []
    Group.objects.create(name="Editors")
    entry(grantable_by=rule.replace("no_such", "change_user"))
    assert said(scopes.check_holders, databases=["default"]) == []
