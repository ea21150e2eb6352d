"""Checks of logout (OpenID Connect Back-Channel Logout 1.0 §2.5): the operator hears of messages that reach nobody."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from oauth_provider.checks import logout
from oauth_provider.models import ClientPolicy, LogoutDelivery
from tests.checks.messages import said
from tests.each import each
from tests.factories import ApplicationFactory

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.spec("OIDC Back-Channel Logout", "2.5")


@each("hosts", ["mail.internal", ["https://mail.internal"], ["Mail"], ["a b"], [""], [1], ["a/"]])
def test_what_is_no_host_is_an_error(settings: Any, hosts: Any) -> None:
    settings.OAUTH_PROVIDER = {"INTERNAL_HOSTS": hosts}
    assert said(logout.check_internal_hosts) == ["E060"]


@each("hosts", [[], ["mail.internal", "10.0.0.7", "::1"], ("localhost",)])
def test_hosts_are_fine(settings: Any, hosts: Any) -> None:
    settings.OAUTH_PROVIDER = {"INTERNAL_HOSTS": hosts}
    assert said(logout.check_internal_hosts) == []


@pytest.mark.django_db
@each(
    ("columns", "expected"),
    [
        ({"status": "pending"}, []),
        ({"status": "pending", "next_attempt_at": LONG_AGO}, ["W060"]),
        ({"status": "delivered", "next_attempt_at": LONG_AGO}, []),
        ({"status": "dead"}, ["W061"]),
    ],
    ids=str,
)
def test_the_outbox_is_looked_at(columns: dict[str, Any], expected: list[str]) -> None:
    LogoutDelivery.objects.create(application=ApplicationFactory(), sid="s", **columns)
    assert said(logout.check_outbox, databases=["default"]) == expected
    assert said(logout.check_outbox) == []


@pytest.mark.django_db
@pytest.mark.spec("OIDC Back-Channel Logout", "2.2")
@each("uri", ["http://app.example.com/", "https://a/#b", "//a/b", "app:/out", "javascript:1", "https://a b/"])
def test_the_form_takes_no_address_that_would_not_be_used(uri: str) -> None:
    policy = ClientPolicy.default_for(ApplicationFactory())
    policy.backchannel_logout_uri = uri
    with pytest.raises(ValidationError) as refusal:
        policy.full_clean()
    assert set(refusal.value.message_dict) == {"backchannel_logout_uri"}


@pytest.mark.django_db
@pytest.mark.spec("OIDC Back-Channel Logout", "2.2")
@each("uri", ["", "https://a.example.com/out?a=b", "http://localhost:8000/out"])
def test_the_form_takes_others(uri: str) -> None:
    policy = ClientPolicy.default_for(ApplicationFactory())
    policy.backchannel_logout_uri = uri
    policy.full_clean()
