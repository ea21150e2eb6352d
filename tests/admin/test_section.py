"""One section *OAuth* in the index, though DOT's rows and ours belong to two apps; a project's own classes stay."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.urls import reverse

from oauth_provider.admin import ApplicationAdmin, register_admin_classes
from oauth_provider.admin.lists.shown_options import ShownOptions
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, SigningKey
from tests.admin import rows
from tests.admin.operators import operator, url
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

OURS = [
    "Clients",
    "Sign-ins",
    "Consents",
    "Access tokens",
    "Signing keys",
    "APIs",
    "Scopes",
    "Initial access tokens",
    "Undelivered messages",
    "Audit events",
]


def sections(page: Any) -> dict[str, list[str]]:
    """The names of each section of an index, in their order."""
    return {section["name"]: [model["name"] for model in section["models"]] for section in page.context["app_list"]}


def listed(site: AdminSite, label: str | None = None) -> dict[str, list[str]]:
    """The same of a site, for somebody who may do everything."""
    browser = operator()
    request = RequestFactory().get("/admin/")
    request.user, request.session = browser.operator, browser.session
    found = site.get_app_list(request, label) if label else site.get_app_list(request)
    return {section["name"]: [model["name"] for model in section["models"]] for section in found}


def test_the_index_has_one_section_in_the_order_of_an_operators_day():
    found = sections(operator().get(reverse("admin:index")))
    assert found["OAuth"] == OURS
    assert "Django OAuth Toolkit" not in found
    assert sorted(found) == list(found)


@pytest.mark.parametrize("label", ["oauth_provider", "oauth2_provider"])
def test_the_page_of_either_app_is_that_section(label):
    page = operator().get(reverse("admin:app_list", args=[label]))
    assert sections(page) == {"OAuth": OURS}
    assert "<h1>OAuth administration</h1>" in page.content.decode()


def test_every_entry_leads_to_the_address_that_the_model_always_had():
    page = operator().get(reverse("admin:index")).content.decode()
    for model in (application_model(), access_token_model(), Authorization, SigningKey):
        assert f'href="{url(model, "changelist")}"' in page
    assert url(application_model(), "changelist") == "/admin/oauth2_provider/application/"


@each(
    ("permission", "names"),
    [
        ("oauth2_provider.view_application", ["Clients"]),
        ("oauth_provider.view_signingkey", ["Signing keys"]),
        ("oauth2_provider.view_refreshtoken", None),
    ],
)
def test_a_person_sees_what_they_may_and_no_empty_section(permission, names):
    browser = operator(permission)
    found = sections(browser.get(reverse("admin:index")))
    assert found == ({"OAuth": names} if names else {})
    for label in ("oauth_provider", "oauth2_provider"):
        answer = browser.get(reverse("admin:app_list", args=[label]))
        assert answer.status_code == (200 if names and label == permission.partition(".")[0] else 404)


def test_pages_call_dots_rows_as_the_index_does():
    browser, application = operator(), ApplicationFactory(name="Photo Book")
    token = rows.access_token(application=application)
    for address, words in {
        url(application_model(), "changelist"): "Clients",
        url(application): "Change client",
        url(application_model(), "add"): "Add client",
        url(application, "delete"): "Clients: 1",
        url(application, "history"): "Clients",
        url(token): "View access token",
    }.items():
        page = browser.get(address).content.decode()
        assert words in page
        assert "OAuth</a>" in page
        assert "Toolkit" not in page
        assert "Applications" not in page


def test_what_is_said_after_saving_and_before_deleting_speaks_of_clients():
    browser, application = operator(), ApplicationFactory()
    selected = {"action": "delete_selected", "_selected_action": [application.pk]}
    page = browser.post(url(application_model(), "changelist"), selected).content.decode()
    assert "delete the selected clients?" in page
    assert "OAuth</a>" in page
    done = browser.post(url(application_model(), "changelist"), selected | {"post": "yes"}, follow=True)
    assert "Successfully deleted 1 client." in done.content.decode()


def test_dots_models_keep_their_names_for_migrations_and_permissions():
    model_admin = admin.site.get_model_admin(application_model())
    assert isinstance(model_admin.opts, ShownOptions)
    assert str(model_admin.opts.verbose_name) == "client"
    assert (model_admin.opts.app_label, model_admin.opts.model_name) == ("oauth2_provider", "application")
    assert str(application_model()._meta.verbose_name) == "application"


def test_a_projects_own_name_for_its_clients_stays(monkeypatch):
    monkeypatch.setattr(application_model()._meta, "verbose_name", "connected app")
    monkeypatch.setattr(application_model()._meta, "verbose_name_plural", "connected apps")
    opts = ApplicationAdmin(application_model(), admin.site).opts
    assert (opts.verbose_name, opts.verbose_name_plural) == ("connected app", "connected apps")


# -- sites of a project's own ---------------------------------------------------------------------------------


class ByHand(ModelAdmin):
    """A project's own class, which has nothing of ours."""


def site_of(cls: type[AdminSite], *own: Any) -> AdminSite:
    """A site with ``own`` classes for clients, and ours for all else."""
    site = cls(name="admin")
    site.register(Group)
    for admin_class in own:
        site.register(application_model(), admin_class)
    register_admin_classes(site)
    return site


def test_a_site_without_dots_admin_gets_what_is_ours():
    assert listed(site_of(AdminSite))["OAuth"] == [name for name in OURS if name not in ("Clients", "Access tokens")]


def test_a_class_of_a_projects_own_stays_in_the_section_of_its_app():
    found = listed(site_of(AdminSite, ByHand))
    assert found["Django OAuth Toolkit"] == ["Applications"]
    assert "Clients" not in found["OAuth"]
    both = listed(site_of(AdminSite, ByHand), "oauth2_provider")
    assert both == {"Django OAuth Toolkit": ["Applications"]}


def test_a_class_made_from_ours_stands_with_ours():
    class Derived(ApplicationAdmin):
        list_display = ("name", "client_id")

    site = site_of(AdminSite, Derived)
    assert listed(site)["OAuth"][0] == "Clients"
    assert site.get_model_admin(application_model()).check() == []
    browser = operator()
    changelist = site.get_model_admin(application_model()).get_changelist_instance(
        browser.get(url(application_model(), "changelist")).wsgi_request
    )
    assert list(changelist.list_display_links) == ["name"]


def test_a_site_that_orders_its_sections_itself_keeps_its_order():
    class Turned(AdminSite):
        def get_app_list(self, request, app_label=None):
            return list(reversed(super().get_app_list(request, app_label)))

    assert list(listed(site_of(Turned))) == ["OAuth", "Authentication and Authorization"]
    assert list(listed(site_of(AdminSite))) == ["Authentication and Authorization", "OAuth"]


def test_a_site_that_has_put_our_models_elsewhere_is_let_be():
    class Arranged(AdminSite):
        def get_app_list(self, request, app_label=None):
            found = super().get_app_list(request, app_label)
            models = [model for section in found for model in section["models"]]
            return [{"name": "Security", "app_label": "security", "app_url": "/", "models": models}]

    assert list(listed(site_of(Arranged, ApplicationAdmin))) == ["Security"]


def test_a_site_may_list_what_is_no_model():
    class Extended(AdminSite):
        def get_app_list(self, request, app_label=None):
            report = {"name": "Report", "admin_url": "/report/", "object_name": "Report"}
            return [*super().get_app_list(request), {"name": "Reports", "app_label": "reports", "models": [report]}]

    assert listed(site_of(Extended))["Reports"] == ["Report"]


def test_joining_twice_lists_once():
    site = site_of(AdminSite, ApplicationAdmin)
    register_admin_classes(site)
    assert listed(site)["OAuth"].count("Clients") == 1


def test_the_index_costs_no_statement_more():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    UserFactory()
    browser = operator("oauth_provider.view_signingkey", "oauth2_provider.view_application")
    browser.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as captured:
        browser.get(reverse("admin:index"))
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 5  # session, user, two of permissions, recent actions
