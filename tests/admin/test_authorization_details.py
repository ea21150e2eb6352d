"""Authorization details in the admin (RFC 9396 §10): which types a client may ask for, and what was granted in full."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from tests import details
from tests.admin.operators import errors_of, form_of, operator, url
from tests.details import ONE
from tests.factories import ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9396", "10")]

HOSTILE = {**ONE, "to": "<script>alert(1)</script>"}


@pytest.fixture(autouse=True)
def _types(settings: Any) -> None:
    details.register(settings)


def change(application: Any, **changes: Any) -> Any:
    browser = operator()
    return browser.post(url(application), form_of(browser, application, **changes))


def types_of(application: Any) -> list[str]:
    return ClientPolicy.objects.get(application=application).authorization_details_types


def test_a_type_is_ticked_and_unticked():
    application = ApplicationFactory(policy={})
    change(application, authorization_details_types=["account", "transfer"])
    assert types_of(application) == ["account", "transfer"]
    change(application, authorization_details_types=[])
    assert types_of(application) == []


def test_a_client_without_a_policy_gets_one():
    application = ApplicationFactory()
    change(application, authorization_details_types=["account"])
    assert types_of(application) == ["account"]


def test_a_new_client_has_none():
    assert ClientPolicy().authorization_details_types == []


def test_a_type_that_there_is_not_is_refused():
    application = ApplicationFactory(policy={})
    response = change(application, authorization_details_types=["unknown"])
    assert "authorization_details_types" in errors_of(response)
    assert types_of(application) == []


def test_a_type_that_no_longer_exists_is_kept_until_it_is_unticked(settings):
    application = ApplicationFactory(policy={"authorization_details_types": ["account"]})
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER
    page = operator().get(url(application)).content.decode()
    assert "account (no longer there)" in page
    change(application, name="Another")
    assert types_of(application) == ["account"]


def test_a_viewer_sees_the_authorization_details_types():
    application = ApplicationFactory(policy={"authorization_details_types": ["account"]})
    browser = operator("oauth2_provider.view_application")
    assert "account" in browser.get(url(application)).content.decode()


@pytest.mark.parametrize("held", [[], [HOSTILE]])
def test_what_was_granted_is_shown_and_escaped(held):
    application, user, soon = ApplicationFactory(), UserFactory(), timezone.now() + timedelta(hours=1)
    authorization = Authorization.objects.create(
        application=application, user=user, grant_type="authorization_code", expires_at=soon, authorization_details=held
    )
    row = access_token_model().objects.create(
        application=application, user=user, token="", token_checksum="a" * 64, expires=soon, scope=""
    )
    TokenBinding.objects.create(access_token=row, authorization=authorization, authorization_details=held)
    for shown in (authorization, row):
        page = operator().get(url(shown)).content.decode()
        assert "alert(1)" in page if held else "<pre" not in page
        assert "<script>alert(1)" not in page


def test_a_token_without_a_binding_has_none():
    row = access_token_model().objects.create(token="", token_checksum="b" * 64, expires=timezone.now(), scope="")
    assert operator().get(url(row)).status_code == 200
