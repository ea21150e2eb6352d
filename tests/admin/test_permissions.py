"""Who may do what: Django's permissions, on every page and for every verb; GET never changes anything."""

from typing import Any

import pytest

from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.models import Authorization, ClientPolicy, ClientSecret, Consent
from tests import ledger
from tests.admin import rows
from tests.admin.operators import SECRET, operator, url
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db

VERBS = (
    (rows.authorization, "revoke", "oauth_provider", "authorization"),
    (rows.consent, "withdraw", "oauth_provider", "consent"),
    (rows.access_token, "revoke", "oauth2_provider", "accesstoken"),
    (rows.refresh_token, "revoke", "oauth2_provider", "refreshtoken"),
)
each = pytest.mark.parametrize(("make", "verb", "label", "model"), VERBS, ids=[one[3] for one in VERBS])
MODELS = (application_model(), access_token_model(), refresh_token_model(), Authorization, Consent)


def secret_pages(application: Any) -> list[str]:
    secret = ClientSecret.objects.get(application=application)
    views = (("secret_create",), ("secret_rotate",), ("secret_revoke", secret.pk))
    return [url(application, *view) for view in views]


@each
def test_whoever_may_only_look_cannot_end_anything(make, verb, label, model):
    browser, row = operator(f"{label}.view_{model}"), make()
    page = browser.get(url(row))
    assert page.status_code == 200
    assert f"../{verb}/" not in page.content.decode()
    listing = url(type(row), "changelist")
    with ledger.unchanged():
        assert browser.get(url(row, verb)).status_code == 403
        assert browser.post(url(row, verb), {"post": "yes"}).status_code == 403
        browser.post(listing, {"action": verb, "_selected_action": [row.pk], "post": "yes"})


@each
def test_whoever_may_change_them_may_end_them_and_nothing_else(make, verb, label, model):
    browser, row = operator(f"{label}.change_{model}"), make()
    assert browser.get(url(row)).status_code == 200
    assert browser.post(url(row, verb), {"post": "yes"}).status_code == 302
    assert browser.get(url(ApplicationFactory())).status_code == 403


def test_whoever_may_only_look_at_clients_sees_policy_and_secrets_and_no_button():
    browser = operator("oauth2_provider.view_application")
    application = ApplicationFactory(policy={"scopes": ["notes:read"], "access_token_lifetime": 60})
    page = browser.get(url(application)).content.decode()
    for shown in ("authorization_code, refresh_token", "Read your notes", "approved", "1 minute", "…"):
        assert shown in page
    for hidden in ("secrets/create", "secrets/rotate", "/revoke/", "_save", application.secret):
        assert hidden not in page
    with ledger.unchanged():
        assert browser.post(url(application), {"name": "x"}).status_code == 403
        for address in secret_pages(application):
            assert browser.get(address).status_code == 403
            answer = browser.post(address, {"seconds": "0", "newest": ClientSecret.objects.get().pk})
            assert answer.status_code == 403
            assert not SECRET.search(answer.content.decode())


def test_whoever_may_only_add_clients_gets_the_secret_of_the_new_one():
    from tests.admin.operators import add_url, new_client

    browser = operator("oauth2_provider.add_application")
    response = browser.post(add_url(), new_client(browser))
    assert SECRET.search(response.content.decode())
    assert browser.get(url(application_model().objects.get())).status_code == 403


@pytest.mark.parametrize("permission", ["oauth_provider.change_clientsecret", "oauth_provider.change_clientpolicy"])
def test_secrets_are_part_of_the_client_and_have_no_permission_of_their_own(permission):
    browser, application = operator(permission), ApplicationFactory()
    with ledger.unchanged():
        for address in (url(application), *secret_pages(application)):
            assert browser.get(address).status_code == 403
            assert browser.post(address).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_staff_without_a_permission_see_nothing(model):
    browser = operator("auth.view_group")
    assert browser.get(url(model, "changelist")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_a_visitor_is_asked_to_log_in(model, client):
    response = client.get(url(model, "changelist"))
    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_every_verb_asks_for_the_csrf_token():
    browser = operator(enforce_csrf_checks=True)
    application = ApplicationFactory()
    made = [(make(), verb) for make, verb, _label, _model in VERBS]
    addresses = [*secret_pages(application), url(application), *(url(row, verb) for row, verb in made)]
    addresses.append(url(application_model(), "add"))
    with ledger.unchanged():
        for address in addresses:
            assert browser.post(address, {"post": "yes", "seconds": "0"}).status_code == 403


def test_nothing_is_changed_by_looking():
    browser, application = operator(), ApplicationFactory()
    made = [(make(application=application), verb) for make, verb, _label, _model in VERBS]
    with ledger.unchanged():
        for address in (*secret_pages(application), url(application), url(application, "delete")):
            assert browser.get(address, {"post": "yes"}).status_code == 200
        for row, verb in made:
            for view in ("change", verb, "history"):
                assert browser.get(url(row, view), {"post": "yes"}).status_code == 200
            assert browser.get(url(type(row), "changelist"), {"action": verb}).status_code == 400


def test_nobody_registers_what_is_part_of_something_else():
    from django.contrib import admin

    names = {model.__name__ for model in admin.site._registry}
    assert {"Application", "AccessToken", "RefreshToken", "Authorization", "Consent"} <= names
    assert not {"PendingRequest", "ClientPolicy", "ClientSecret", "TokenBinding", "Grant", "IDToken"} & names
    assert ClientPolicy._meta.app_label == "oauth_provider"
