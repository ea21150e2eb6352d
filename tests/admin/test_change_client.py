"""The page of a client: its policy, its members, and what may not be meant together (RFC 7591 §2)."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth import get_user_model

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientMember, ClientPolicy, ClientSecret
from tests import ledger
from tests.admin.operators import EVERY_FIELD, errors_of, form_of, operator, url
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db


def change(application: Any, browser: Any = None, **changes: Any) -> Any:
    """Send the form of ``application`` with ``changes``."""
    browser = browser or operator()
    return browser.post(url(application), form_of(browser, application, **changes))


def test_a_form_that_is_sent_back_unchanged_changes_nothing():
    application = ApplicationFactory(policy={"scopes": ["notes:read"]})
    before = ledger.read()
    assert change(application).status_code == 302
    policy = ClientPolicy.objects.get()
    after = ledger.read()
    applications = application_model()._meta.db_table
    for rows in (before[applications], after[applications]):
        rows[0].pop("updated")
    assert after == before
    assert policy.scopes == ["notes:read"]


def test_a_client_without_a_policy_keeps_the_default_one_until_it_is_changed():
    application = ApplicationFactory()
    change(application, name="Renamed")
    assert not ClientPolicy.objects.exists()
    change(application, may_introspect="on")
    policy = ClientPolicy.objects.get()
    assert (policy.may_introspect, policy.status, policy.scopes) == (True, "approved", None)
    assert policy.grant_types == ["authorization_code", "refresh_token"]


def test_the_policy_is_saved_with_the_client():
    application = ApplicationFactory()
    response = change(
        application,
        name="Other",
        redirect_uris=f"{CALLBACK}\nhttps://b.example/cb",
        grant_types=["authorization_code", "client_credentials"],
        every_scope=None,
        scopes=["photos:read"],
        token_endpoint_auth_method="client_secret_post",
        access_token_lifetime="60",
        authorization_idle_lifetime="600",
        authorization_lifetime="6000",
        rotate_refresh_tokens=None,
        skip_authorization="on",
    )
    assert response.status_code == 302, errors_of(response)
    application.refresh_from_db()
    policy = ClientPolicy.objects.get()
    assert (application.name, application.skip_authorization) == ("Other", True)
    assert application.redirect_uris == f"{CALLBACK} https://b.example/cb"
    assert policy.grant_types == ["authorization_code", "client_credentials"]
    assert (policy.scopes, policy.access_token_lifetime) == (["photos:read"], 60)
    assert (policy.authorization_idle_lifetime, policy.authorization_lifetime) == (600, 6000)
    assert (policy.token_endpoint_auth_method, policy.rotate_refresh_tokens) == ("client_secret_post", False)


@pytest.mark.spec("RFC 6750", "3.1")
def test_a_suspended_client_is_refused_everywhere_at_once_and_comes_back():
    driver = signed_in()
    access_token = driver.tokens()["access_token"]
    change(driver.application, status="suspended")
    assert not ledger.is_good(access_token)
    ledger.refused(driver.token(grant_type="authorization_code", code="x"), "invalid_client", 401)
    change(driver.application, status="approved")
    assert ledger.is_good(access_token)


def test_what_was_registered_before_the_rules_does_not_keep_anyone_from_suspending():
    application = ApplicationFactory(redirect_uris="http://old.example/cb", client_type="public", service=True)
    application_model().objects.update(redirect_uris="http://old.example/cb")
    assert change(application, status="suspended").status_code == 302
    assert ClientPolicy.objects.get().status == "suspended"
    response = change(application, redirect_uris="http://old.example/cb\nhttp://new.example/cb")
    assert "new.example" in errors_of(response)["redirect_uris"]
    assert "old.example" not in errors_of(response)["redirect_uris"]


@each(
    ("client", "changes", "field", "section"),
    [
        ({}, {"redirect_uris": ""}, "redirect_uris", "RFC 6749 §3.1.2.2"),
        ({"public": True}, {"grant_types": ["client_credentials"]}, "grant_types", "RFC 6749 §4.4"),
        ({"service": True}, {"client_type": "public"}, "grant_types", "RFC 6749 §4.4"),
        (
            {"public": True},
            {"token_endpoint_auth_method": "client_secret_basic"},
            "token_endpoint_auth_method",
            "RFC 6749 §2.3.1",
        ),
        ({}, {"token_endpoint_auth_method": "none"}, "token_endpoint_auth_method", "RFC 6749 §3.2.1"),
        ({"public": True}, {"may_introspect": "on"}, "may_introspect", "RFC 7662 §2.1"),
        ({"public": True}, {"rotate_refresh_tokens": None}, "rotate_refresh_tokens", "RFC 9700 §2.2.2"),
        ({}, {"access_token_lifetime": "7200"}, "access_token_lifetime", "ACCESS_TOKEN_LIFETIME"),
        ({}, {"access_token_lifetime": "0"}, "access_token_lifetime", "1"),
        ({}, {"access_token_lifetime": "9" * 40}, "access_token_lifetime", "3600"),
        ({}, {"access_token_lifetime": "soon"}, "access_token_lifetime", "number"),
        ({}, {"authorization_idle_lifetime": "2592001"}, "authorization_idle_lifetime", "AUTHORIZATION_IDLE_LIFETIME"),
        ({}, {"authorization_idle_lifetime": "0"}, "authorization_idle_lifetime", "1"),
        ({}, {"authorization_idle_lifetime": "9" * 40}, "authorization_idle_lifetime", "2592000"),
        ({}, {"authorization_lifetime": "-1"}, "authorization_lifetime", "0"),
        ({}, {"authorization_lifetime": "9" * 40}, "authorization_lifetime", "2147483647"),
        ({}, {"authorization_lifetime": "soon"}, "authorization_lifetime", "number"),
        ({}, {"grant_types": ["password"]}, "grant_types", "password"),
        ({}, {"scopes": ["admin"]}, "scopes", "admin"),
        ({}, {"status": "gone"}, "status", "gone"),
        ({}, {"client_type": "secret"}, "client_type", "secret"),
        ({}, {"name": "\x00"}, "name", "Null"),
        ({}, {"allowed_origins": "https://a.example/x"}, "allowed_origins", "RFC 6454 §6.2"),
        ({}, {"redirect_uris": "https://a.example/#"}, "redirect_uris", "RFC 6749 §3.1.2"),
    ],
)
@pytest.mark.spec("RFC 7591", "2")
def test_what_cannot_be_meant_together_is_said_beside_its_field(client, changes, field, section):
    application = ApplicationFactory(**client)
    browser = operator()
    form = form_of(browser, application, **changes)
    with ledger.unchanged():
        response = browser.post(url(application) + EVERY_FIELD, form)
    assert response.status_code == 200
    assert section in errors_of(response)[field]


def test_what_dot_refuses_is_said_even_where_the_form_has_no_such_field():
    application = ApplicationFactory()
    application_model().objects.filter(pk=application.pk).update(algorithm="RS256")
    said = errors_of(change(application, redirect_uris="https://other.example/cb"))
    assert "OIDC_RSA_PRIVATE_KEY" in said["__all__"]


def test_what_dot_refuses_of_a_column_that_nobody_changed_does_not_keep_anyone_from_suspending():
    application = ApplicationFactory()
    application_model().objects.filter(pk=application.pk).update(algorithm="RS256")
    assert change(application, status="suspended", access_token_lifetime="60").status_code == 302
    assert ClientPolicy.objects.get().is_suspended
    assert "access_token_lifetime" in errors_of(change(application, access_token_lifetime="0"))


def test_a_scope_or_grant_that_is_gone_from_the_project_is_not_lost_in_silence():
    application = ApplicationFactory(policy={"scopes": ["old"], "grant_types": ["authorization_code", "device"]})
    browser = operator()
    assert "old (no longer there)" in browser.get(url(application)).content.decode()
    assert change(application, browser, name="Renamed").status_code == 302
    policy = ClientPolicy.objects.get()
    assert (policy.scopes, policy.grant_types) == (["old"], ["authorization_code", "device"])


@each(
    ("grant_types", "uris", "column"),
    [
        (["client_credentials"], "", "client-credentials"),
        (["authorization_code", "refresh_token"], CALLBACK, "authorization-code"),
        ([], "", "client-credentials"),
        ([], CALLBACK, "authorization-code"),
    ],
)
def test_dots_column_of_the_grant_type_stays_true(grant_types, uris, column):
    application = ApplicationFactory()
    response = change(application, grant_types=grant_types, redirect_uris=uris)
    assert response.status_code == 302, errors_of(response)
    application.refresh_from_db()
    assert application.authorization_grant_type == column


def test_a_secret_that_is_rotated_while_the_form_is_saved_stays_rotated(monkeypatch):
    application = ApplicationFactory(client_secret="o" * 40, hash_client_secret=True)
    browser = operator()
    form = form_of(browser, application, name="Renamed")
    validate = application_model().clean

    def rotate_meanwhile(self: Any) -> None:
        ClientSecret.objects.rotate(application_model().objects.get(), overlap=0)
        validate(self)

    monkeypatch.setattr(application_model(), "clean", rotate_meanwhile)
    assert browser.post(url(application), form).status_code == 302
    driver = Driver(application)
    application.secret = "o" * 40
    ledger.refused(driver.token(grant_type="client_credentials"), "invalid_client", 401)


def test_members_are_searched_for_and_saved():
    application, user = ApplicationFactory(), UserFactory()
    browser = operator()
    page = browser.get(url(application)).content.decode()
    assert "admin-autocomplete" in page
    members = {"oauth_members-TOTAL_FORMS": "1", "oauth_members-0-user": user.pk, "oauth_members-0-role": "developer"}
    response = change(application, browser, **members)
    assert response.status_code == 302
    member = ClientMember.objects.get()
    assert (member.user, member.role) == (user, "developer")
    application.refresh_from_db()
    assert application.user is None


@each("key", ["zz", "\x00", "1\x00", "9" * 20, "-" + "9" * 20, "0", "1.5", "\ud7ff", "x" * 5000])
@each("is_searched", [True, False])
def test_what_is_no_users_key_is_refused_beside_the_field(key, is_searched, monkeypatch):
    if not is_searched:
        monkeypatch.setattr(type(site.get_model_admin(get_user_model())), "search_fields", ())
    application, browser = ApplicationFactory(), operator()
    members = {"oauth_members-TOTAL_FORMS": "1", "oauth_members-0-user": key, "oauth_members-0-role": "developer"}
    form = form_of(browser, application, **members)
    with ledger.unchanged():
        response = browser.post(url(application), form)
    assert response.status_code == 200
    (inline,) = response.context["inline_admin_formsets"]
    assert "not one of the available choices" in str(inline.formset.forms[0].errors["user"])


def test_no_form_has_a_field_for_the_user_or_for_a_secret():
    application = ApplicationFactory(client_secret="s" * 40, hash_client_secret=True)
    response = operator().get(url(application))
    form = response.context["adminform"].form
    assert not {"user", "client_secret", "hash_client_secret", "client_id", "algorithm"} & set(form.fields)
    page = response.content.decode()
    for hidden in (application.client_secret, application.secret, ClientSecret.objects.get().digest):
        assert hidden not in page


def test_what_the_form_does_not_have_cannot_be_sent():
    application, user = ApplicationFactory(), UserFactory()
    secret = application.client_secret
    change(application, user=user.pk, client_secret="mine", client_id="mine", registration_source="dcr", name="x")
    application.refresh_from_db()
    assert (application.user, application.client_secret) == (None, secret)
    assert application.client_id != "mine"
    assert application.registration_source == "manual"


def test_a_client_is_not_viewed_on_a_site_that_may_not_be_there():
    page = operator().get(url(ApplicationFactory())).content.decode()
    assert "viewsitelink" not in page


def test_a_client_leads_to_its_authorizations_and_consents():
    application = ApplicationFactory()
    page = operator().get(url(application)).content.decode()
    for model in ("authorization", "consent"):
        assert f"/admin/oauth_provider/{model}/?application__exact={application.pk}" in page
    page = operator("oauth2_provider.view_application").get(url(application)).content.decode()
    assert "application__exact" not in page


def test_where_users_cannot_be_searched_for_their_keys_are_typed(monkeypatch):
    monkeypatch.setattr(type(site.get_model_admin(get_user_model())), "search_fields", ())
    page = operator().get(url(ApplicationFactory())).content.decode()
    assert "vForeignKeyRawIdAdminField" in page
    assert "admin-autocomplete" not in page


@each("name", ["Bank\u202eknaB", "Bank\u200f 12 / 90", "Bank\u061c", "Ba\u2028nk"])
def test_a_new_name_shows_itself_as_it_is_stored(name):
    application = ApplicationFactory(name="Bank")
    assert "name" in errors_of(change(application, name=name))
    application_model().objects.filter(pk=application.pk).update(name=name)
    application.refresh_from_db()
    assert change(application).status_code == 302, "a name from before keeps nobody from changing a client"


@pytest.mark.spec("RFC 9700", "4.1.3")
@pytest.mark.parametrize(
    ("field", "line"), [("redirect_uris", "https://{}.example/cb"), ("allowed_origins", "https://{}.example")]
)
def test_a_client_has_a_hundred_redirect_uris_and_origins_at_most(field, line):
    application = ApplicationFactory()
    lines = [line.format(number) for number in range(101)]
    assert field in errors_of(change(application, **{field: "\n".join(lines)}))
    assert change(application, **{field: "\n".join(lines[1:])}).status_code == 302
    application_model().objects.filter(pk=application.pk).update(**{field: " ".join(lines)})
    application.refresh_from_db()
    assert change(application).status_code == 302, "those from before are not counted again"
