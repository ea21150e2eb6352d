"""Who may grant a scope: asked whenever one is granted, and again at each refresh and introspection."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from oauth_provider.models import Authorization, ClientPolicy, Consent
from oauth_provider.protocol.jws import parse
from oauth_provider.registry.scope import registry
from oauth_provider.tokens import scope_rules
from tests import ledger
from tests.driver import Driver, query_of
from tests.factories import UserFactory
from tests.statements import cost

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "10.4")]

asked: list[tuple[Any, str]] = []


def is_asked(user: Any, scope: str) -> bool:
    asked.append((user, scope))
    return bool(user.username == "ana")


def fails(user: Any, scope: str) -> bool:
    raise RuntimeError("a fault of the project's own code")


@pytest.fixture
def rule(settings: Any) -> Any:
    """Set the rule of ``notes:publish``."""

    def put(grantable_by: str, **more: Any) -> None:
        provider = settings.OAUTH_PROVIDER
        entry = provider["SCOPES"]["notes:publish"] | {"grantable_by": grantable_by, **more}
        settings.OAUTH_PROVIDER = provider | {"SCOPES": provider["SCOPES"] | {"notes:publish": entry}}

    asked.clear()
    return put


def demote(ana: Any) -> None:
    ana.groups.clear()


def tokens(driver: Driver, scope: str = "notes:publish photos:read") -> dict[str, Any]:
    return driver.redeem(driver.code(scope=scope)).json()  # type: ignore[no-any-return]


def test_who_may_is_asked_and_who_may_not_is_told_why(driver: Driver, ana: Any) -> None:
    page = driver.authorize(scope="notes:publish photos:read")["Location"]
    assert "Ask an editor" not in driver.browser.get(page).content.decode()
    demote(ana)
    page = driver.authorize(scope="notes:publish photos:read")["Location"]
    shown = driver.browser.get(page).content.decode()
    assert "Ask an editor to publish." in shown
    told = driver.browser.get(page, headers={"accept": "application/json"}).json()
    assert [one["scope"] for one in told["withheld"]] == ["notes:publish"]
    assert [one["scope"] for one in told["permissions"]] == ["photos:read"]
    code = query_of(driver.decide(page)["Location"])["code"]
    assert driver.redeem(code).json()["scope"] == "photos:read"
    assert set(Consent.objects.get().agreed.scopes) == {"photos:read"}


def test_without_words_for_it_nothing_is_shown(driver: Driver, ana: Any, rule: Any) -> None:
    rule("group:Editors", refusal="")
    demote(ana)
    page = driver.authorize(scope="notes:publish photos:read")["Location"]
    assert "Publish notes" not in driver.browser.get(page).content.decode()


def test_where_nothing_else_is_asked_for_the_person_is_told_and_nothing_is_granted(driver: Driver, ana: Any) -> None:
    demote(ana)
    with ledger.unchanged():
        response = driver.authorize(scope="notes:publish")
    assert response.status_code == 400
    shown = response.content.decode()
    assert "You cannot allow this" in shown
    assert "error=access_denied" in shown.replace("&amp;", "&")


def test_a_silent_request_learns_nothing_of_the_rule(driver: Driver, ana: Any) -> None:
    demote(ana)
    answers = [driver.authorize(scope=scope, prompt="none")["Location"] for scope in ("notes:publish", "photos:read")]
    assert {query_of(answer)["error"] for answer in answers} == {"login_required"}
    tokens(driver, "photos:read")
    silent = driver.authorize(scope="notes:publish photos:read", prompt="none")["Location"]
    assert driver.redeem(query_of(silent)["code"]).json()["scope"] == "photos:read"
    refused = driver.authorize(scope="notes:publish", prompt="none")["Location"]
    assert query_of(refused)["error"] == "consent_required"


def test_an_operators_yes_for_everyone_is_no_yes_of_who_may_not(driver: Driver, ana: Any) -> None:
    type(driver.application).objects.update(skip_authorization=True)
    demote(ana)
    code = query_of(driver.authorize(scope="notes:publish photos:read")["Location"])["code"]
    assert driver.redeem(code).json()["scope"] == "photos:read"


def test_who_loses_the_right_while_the_page_is_open_grants_nothing(driver: Driver, ana: Any) -> None:
    page = driver.authorize(scope="notes:publish photos:read")["Location"]
    demote(ana)
    with ledger.unchanged():
        assert driver.decide(page).status_code == 400


def test_a_code_is_redeemed_without_what_may_not_be_granted_any_more(driver: Driver, ana: Any) -> None:
    code = driver.code(scope="notes:publish photos:read")
    demote(ana)
    assert driver.redeem(code).json()["scope"] == "photos:read notes:write notes:read"


@pytest.mark.parametrize("access_token_format", ["opaque", "jwt"])
def test_a_demoted_users_tokens_lose_it_and_get_it_back(driver: Driver, ana: Any, access_token_format: str) -> None:
    ClientPolicy.objects.update(access_token_format=access_token_format)
    answer, groups = tokens(driver), list(ana.groups.all())
    assert "notes:publish" in answer["scope"]
    demote(ana)
    for name in ("access_token", "refresh_token"):
        told = driver.introspect(answer[name]).json()
        assert told["active"]
        assert "notes:publish" not in told["scope"]
    assert driver.refresh(answer["refresh_token"], scope="notes:publish").json()["error"] == "invalid_scope"
    answer = driver.refresh(answer["refresh_token"]).json()
    assert answer["scope"] == "photos:read notes:write notes:read"
    if access_token_format == "jwt":
        assert parse(answer["access_token"]).claims["scope"] == answer["scope"]
    ana.groups.set(groups)
    assert "notes:publish" in driver.refresh(answer["refresh_token"]).json()["scope"]


def test_a_lost_answer_that_says_more_is_not_said_again(driver: Driver, ana: Any) -> None:
    answer = tokens(driver)
    driver.refresh(answer["refresh_token"])
    demote(ana)
    again = driver.refresh(answer["refresh_token"])
    assert again.json()["error"] == "invalid_grant"
    assert Authorization.objects.get().revoked_at is None


def test_where_nothing_is_left_a_refresh_is_refused_and_the_token_says_nothing(driver: Driver, ana: Any) -> None:
    answer = tokens(driver)
    Authorization.objects.update(scope="notes:publish")
    demote(ana)
    with ledger.unchanged():
        assert driver.refresh(answer["refresh_token"]).json()["error"] == "invalid_grant"
    assert driver.introspect(answer["refresh_token"]).json() == {"active": False}


def test_a_permission_of_django_decides(driver: Driver, ana: Any, rule: Any) -> None:
    rule("permission:auth.change_group")
    assert "notes:publish" not in tokens(driver)["scope"]
    ana.user_permissions.add(Permission.objects.get(codename="change_group"))
    assert "notes:publish" in tokens(driver)["scope"]
    driver.sign_in(UserFactory(is_superuser=True))
    assert "notes:publish" in tokens(driver)["scope"]


def test_a_function_decides_about_the_person_and_the_scope(driver: Driver, ana: Any, rule: Any) -> None:
    rule(f"callable:{__name__}.is_asked")
    assert "notes:publish" in tokens(driver)["scope"]
    assert set(asked) == {(ana, "notes:publish")}
    driver.sign_in(UserFactory())
    assert "notes:publish" not in tokens(driver)["scope"]


@pytest.mark.parametrize("broken", [f"callable:{__name__}.fails", "callable:no.such.rule", "staff"])
def test_a_rule_that_fails_grants_nothing(driver: Driver, rule: Any, broken: str) -> None:
    answer = tokens(driver)
    rule(broken)
    driver.browser.raise_request_exception = False
    with ledger.unchanged():
        assert driver.refresh(answer["refresh_token"]).status_code == 500
        assert driver.authorize(scope="notes:publish").status_code == 500


def test_a_client_has_it_of_its_own_only_where_its_policy_names_it(driver: Driver) -> None:
    def own(scope: str) -> Any:
        return driver.token(grant_type="client_credentials", scope=scope).json()

    assert own("notes:publish")["error"] == "invalid_scope"
    assert own("photos:read")["scope"] == "photos:read"
    ClientPolicy.objects.update(scopes=["notes:publish", "notes:write"])
    assert own("notes:publish")["scope"] == "notes:publish notes:write"


def test_forty_scopes_for_a_group_cost_no_more_statements_than_one(driver: Driver, ana: Any, settings: Any) -> None:
    ruled: dict[str, Any] = {"grantable_by": "group:Editors", "optional": True}
    scopes = {
        f"area{n}:write": {"title": "Write", "risk": "changes", "read_twin": "area:read", **ruled} for n in range(40)
    }
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": {**scopes, "area:read": {"title": "Read", **ruled}}}
    asked = {"scope": " ".join(scopes)}
    page = driver.authorize(**asked)["Location"]
    assert len(cost(lambda: driver.browser.get(page))) < 10
    one = driver.authorize(scope="area1:write")["Location"]
    assert len(cost(lambda: driver.browser.get(page))) == len(cost(lambda: driver.browser.get(one)))


def test_where_no_scope_has_a_rule_nobody_is_asked(ana: Any, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": {"notes:read": "Read your notes"}}
    registry()
    assert cost(lambda: scope_rules.withheld_from(ana, ["notes:read", "openid"])) == []
    assert scope_rules.withheld_from(None, ["notes:read"]) == frozenset()
