"""What is stored about a person: they get all of it and no secret, and can be forgotten (GDPR Art. 15, 17)."""

import io
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model, models_of_people
from oauth_provider.events.actor import Actor
from oauth_provider.models import (
    AuditEvent,
    Authorization,
    ClientInvitation,
    ClientMember,
    ClientPolicy,
    Consent,
    ConsentReceipt,
    LogoutDelivery,
)
from oauth_provider.models.scope_plan import ScopePlan, ScopeRewrite
from oauth_provider.personal_data.erase import held
from oauth_provider.personal_data.holding import find_by_key
from oauth_provider.personal_data.holdings import OF_OURS, REWRITES, holdings
from oauth_provider.personal_data.impersonal import IMPERSONAL
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.backchannel import TOLD, deliver, listening
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/oauth/account/apps"


@pytest.fixture
def ana() -> Any:
    return UserFactory(username="ana", email="ana@example.com")


@pytest.fixture
def driver(ana: Any) -> Driver:
    policy = {
        "grant_types": ["authorization_code", "refresh_token"],
        "backchannel_logout_uri": TOLD,
        "may_introspect": True,
    }
    driver = signed_in(ana, name="Photo Book", policy=policy)
    driver.scope = "openid notes:read"
    return driver


def command(*arguments: str) -> str:
    output = io.StringIO()
    call_command("oauth_person", *arguments, stdout=output)
    return output.getvalue()


def everything(driver: Driver, user: Any) -> dict[str, Any]:
    """A row in every table that can tell of ``user``; what was issued."""
    tokens = driver.tokens()
    driver.refresh(driver.tokens()["refresh_token"])
    code = driver.code()
    driver.authorize(scope="photos:read")
    ClientMember.objects.create(application=driver.application, user=user)
    ClientInvitation.objects.create(
        application=driver.application, user=user, name="them", role="viewer", expires_at=timezone.now()
    )
    later = timezone.now() + timedelta(hours=1)
    common = {"user": user, "application": driver.application, "expires": later}
    access_token_model().objects.create(token="dot-access-secret", scope="read", **common)
    for model in models_of_people():
        if model._meta.model_name == "refreshtoken":
            model.objects.create(user=user, application=driver.application, token="dot-refresh-secret")
        elif model._meta.model_name == "grant":
            model.objects.create(code="dot-code-secret", redirect_uri="https://a.example", scope="read", **common)
        elif model._meta.model_name == "idtoken":
            model.objects.create(scope="openid", **common)
        elif model._meta.model_name == "devicegrant":
            model.objects.create(
                user=user, device_code="dot-device-secret", user_code="DOTUSER", client_id="c", expires=later
            )
    application_model().objects.filter(pk=driver.application.pk).update(user=user)
    AuditEvent.objects.create(kind="key_rotated", actor=str(user.pk), address="192.0.2.9")
    plan = ScopePlan.objects.create(document={}, digest="d")
    for table, row in (("consents", Consent), ("authorizations", Authorization)):
        key = str(row.objects.filter(user=user).latest("pk").pk)
        ScopeRewrite.objects.create(plan=plan, table=table, key=key, before={}, after={})
    LogoutDelivery.objects.create(
        application=driver.application, subject=str(user.pk), sid="old", status="delivered", ended_at=timezone.now()
    )
    return {**tokens, "code": code}


# -- no table is forgotten ---------------------------------------------------------------------------------------


def test_every_table_of_ours_tells_of_people_or_of_nobody() -> None:
    ours = {model.__name__ for model in apps.get_app_config("oauth_provider").get_models()}
    personal = {one.model().__name__ for one in (*OF_OURS, REWRITES)}
    assert not personal & IMPERSONAL.keys()
    assert personal | IMPERSONAL.keys() == ours


def test_every_table_that_hangs_on_a_user_is_held() -> None:
    held = {one.model() for one in holdings()}
    related = [field.related_model for field in get_user_model()._meta.related_objects]
    ours = {model for model in related if model._meta.app_label in {"oauth_provider", "oauth2_provider"}}
    assert ours <= held


@pytest.mark.parametrize("one", [*OF_OURS, REWRITES], ids=lambda one: one.name)
def test_every_column_is_told_or_withheld_with_its_reason(one: Any) -> None:
    assert one.columns == {field.name for field in one.model()._meta.concrete_fields}
    assert not set(one.told.values()) & set(one.withheld)
    assert all(len(reason) > 10 for reason in one.withheld.values())


def test_a_table_of_nobody_has_no_column_that_names_a_person() -> None:
    naming = {"user", "actor", "subject", "sid", "username", "email", "account"}
    for name in IMPERSONAL:
        fields = {field.name for field in apps.get_model("oauth_provider", name)._meta.concrete_fields}
        assert not fields & naming, name


# -- export ------------------------------------------------------------------------------------------------------


def test_a_person_downloads_all_of_it_and_no_secret(driver: Driver, ana: Any) -> None:
    issued = everything(driver, ana)
    response = driver.browser.post(PAGE, {"action": "download"})
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == 'attachment; filename="connected-apps.json"'
    assert response["Cache-Control"] == "no-store"
    told = response.json()
    assert told["account"] == {"id": str(ana.pk), "username": "ana", "email": "ana@example.com"}
    assert set(told) == {"version", "account", "contexts", "browsers", *(one.name for one in holdings())}
    assert told["consents"][0]["agreed"]["notes:read"] == []
    assert told["consent_receipts"][0]["content"]["permissions"][1]["words"] == "Read your notes"
    text = response.content.decode()
    secrets = [issued[name] for name in ("access_token", "refresh_token", "code")]
    for row in Authorization.objects.all():
        secrets += [row.code_digest, row.family_digest, row.refresh_token_digest, row.previous_digest, row.sid]
        secrets += [row.sealed_answer]
    secrets += list(access_token_model().objects.values_list("token_checksum", flat=True))
    assert [one for one in secrets if one and one in text] == []
    assert "dot-" not in text
    assert "DOTUSER" not in text
    assert driver.browser.session.session_key not in text


def test_nobody_downloads_by_a_link_and_nobody_for_another(driver: Driver, ana: Any) -> None:
    everything(driver, ana)
    assert "attachment" not in str(driver.browser.get(PAGE, {"action": "download"}).headers)
    forging = Browser(enforce_csrf_checks=True)
    forging.force_login(ana)
    assert forging.post(PAGE, {"action": "download"}).status_code == 403
    other = signed_in(UserFactory(username="eve"))
    text = other.browser.post(PAGE, {"action": "download", "user": ana.pk}).content.decode()
    assert '"eve"' in text
    assert "Photo Book" not in text
    assert "ana" not in text
    assert Browser().post(PAGE, {"action": "download"}).status_code == 303


def test_where_an_operator_sat_is_not_the_persons_to_know(driver: Driver, ana: Any) -> None:
    driver.tokens()
    withdraw_consent(user=ana, application=driver.application, by=Actor("999", "192.0.2.77"))
    response = driver.browser.post(PAGE, {"action": "download"})
    addresses = {one["kind"]: one["address"] for one in response.json()["history"]}
    assert (addresses["consent_given"], addresses["consent_withdrawn"]) == ("127.0.0.1", "")
    assert "192.0.2.77" not in response.content.decode()


def test_an_operator_exports_the_same(driver: Driver, ana: Any) -> None:
    driver.tokens()
    downloaded = driver.browser.post(PAGE, {"action": "download"}).json()
    assert json.loads(command("export", "ana")) == downloaded
    assert json.loads(command("export", "--id", str(ana.pk))) == downloaded


@pytest.mark.parametrize(
    "arguments", [["nobody"], [], ["ana", "--id", "1"], ["--id", "no number"], ["a\x00b"], ["--id", "1\x00"]]
)
def test_a_person_that_there_is_not_is_an_error(driver: Driver, arguments: list[str]) -> None:
    for verb in ("export", "erase"):
        with pytest.raises(CommandError):
            command(verb, *arguments)


def test_a_name_of_several_people_is_nobodys(driver: Driver, ana: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory(username="eve", email=ana.email)
    monkeypatch.setattr(get_user_model(), "USERNAME_FIELD", "email")
    for arguments in (["export"], ["erase", "--yes"]):
        with ledger.unchanged(), pytest.raises(CommandError, match="--id"):
            command(*arguments, ana.email)


# -- erasing -----------------------------------------------------------------------------------------------------


def test_erasing_is_only_said_until_it_is_meant(driver: Driver, ana: Any) -> None:
    everything(driver, ana)
    with ledger.unchanged():
        said = command("erase", "ana")
    assert "3 sign ins: deleted" in said
    assert "Nothing was changed." in said


def test_erasing_ends_every_sign_in_tells_the_clients_and_leaves_no_trace(driver: Driver, ana: Any) -> None:
    issued = everything(driver, ana)
    said = command("erase", "ana", "--yes")
    assert driver.introspect(issued["access_token"]).json() == {"active": False}
    assert driver.refresh(issued["refresh_token"]).json()["error"] == "invalid_grant"
    assert driver.redeem(issued["code"]).json()["error"] == "invalid_grant"
    with listening() as client:
        deliver()
    assert len(client.got) == 1
    assert "acts on others: kept, with their id" in said
    assert "The account itself" in said
    command("erase", "ana", "--yes")  # what waited to be delivered goes, too
    left = {one.name: one.count for one in held(find_by_key(str(ana.pk))) if one.count}
    assert left == {"acts_on_others": 1}
    assert ScopeRewrite.objects.count() == 0
    assert "127.0.0.1" not in ledger.text()
    assert AuditEvent.objects.filter(kind="consent_given", user="", actor="", address="").count() == 1
    assert AuditEvent.objects.filter(kind="key_rotated").get().actor == str(ana.pk)
    assert application_model().objects.get(pk=driver.application.pk).user_id is None


def test_nothing_of_others_is_erased(driver: Driver, ana: Any) -> None:
    everything(driver, ana)
    other = Driver(driver.application)
    other.sign_in(UserFactory(username="eve", email="eve@example.com"))
    other.scope = driver.scope
    tokens = other.tokens()
    command("erase", "ana", "--yes")
    assert other.introspect(tokens["access_token"]).json()["active"] is True
    assert Counter(Consent=Consent.objects.count(), Receipt=ConsentReceipt.objects.count()) == {
        "Consent": 1,
        "Receipt": 1,
    }
    assert ClientPolicy.objects.filter(application=driver.application).exists()


def test_who_deleted_their_account_can_be_forgotten_by_its_key(driver: Driver, ana: Any) -> None:
    driver.tokens()
    key = str(ana.pk)
    get_user_model().objects.all().delete()
    assert {one["kind"] for one in json.loads(command("export", "--id", key))["history"]} >= {"consent_given"}
    command("erase", "--id", key, "--yes")
    assert ConsentReceipt.objects.count() == 0
    assert not AuditEvent.objects.filter(user=key).exists()


def test_a_pairwise_name_in_the_outbox_is_the_persons_too(driver: Driver, ana: Any, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"PAIRWISE_SECRET": "s" * 40}
    ClientPolicy.objects.filter(application=driver.application).update(subject_type="pairwise")
    driver.tokens()
    driver.browser.logout()
    row = LogoutDelivery.objects.exclude(sid="").get()
    assert row.subject != str(ana.pk)
    LogoutDelivery.objects.filter(pk=row.pk).update(status="dead", ended_at=timezone.now())
    assert "1 logout messages" in command("erase", "ana")
    command("erase", "ana", "--yes")
    assert not LogoutDelivery.objects.filter(pk=row.pk).exists()


def test_a_client_that_is_deleted_leaves_the_receipt(driver: Driver, ana: Any) -> None:
    driver.tokens()
    ApplicationFactory._meta.model.objects.all().delete()
    told = driver.browser.get(PAGE, headers={"Accept": "application/json"}).json()
    assert [one["client"]["name"] for one in told["receipts"]] == ["Photo Book"]
