"""A client's page in the admin: who may use the client, and names that look reserved (RFC 7591 §5)."""

import pytest

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy
from tests.admin.operators import errors_of, form_of, operator, url
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]


def test_an_operator_keeps_a_client_for_some_people():
    application, browser = ApplicationFactory(policy={}), operator()
    browser.post(url(application), form_of(browser, application, usable_by="group:Staff\r\npermission:auth.view_user"))
    assert ClientPolicy.objects.get().users == ("group:Staff", "permission:auth.view_user")
    said = errors_of(browser.post(url(application), form_of(browser, application, usable_by="staff")))
    assert "group:Name" in said["usable_by"]


def test_an_operator_is_warned_of_a_name_that_looks_reserved_and_may_give_it(settings):
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {"RESERVED_NAMES": ["Example Bank"]}}
    application, browser = ApplicationFactory(policy={}), operator()
    form = form_of(browser, application, name="Examp1e Bank")
    page = browser.post(url(application), form, follow=True).content.decode()
    assert "which is reserved" in page
    assert application_model().objects.get().name == "Examp1e Bank"
