"""Several deliverers on PostgreSQL (OpenID Connect Back-Channel Logout 1.0 §2.5): each message goes out once."""

from collections import Counter
from functools import partial
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import LogoutDelivery
from oauth_provider.protocol.jwe import Envelope
from oauth_provider.tokens import logout_delivery
from tests.factories import ApplicationFactory
from tests.threads import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    pytest.mark.spec("OIDC Back-Channel Logout", "2.5"),
]

DELIVERERS, MESSAGES = 8, 40


def test_deliverers_share_the_outbox_and_none_sends_what_another_does() -> None:
    application = ApplicationFactory()
    rows = [LogoutDelivery(application=application, sid=str(number)) for number in range(MESSAGES)]
    LogoutDelivery.objects.bulk_create(rows)
    sent: list[str] = []
    with patch.object(logout_delivery, "send", lambda delivery, envelope_for: sent.append(delivery.sid)):
        done = together(*[partial(logout_delivery.deliver_due, lambda client: Envelope())] * DELIVERERS)
    assert Counter(sent) == Counter(str(number) for number in range(MESSAGES))
    assert sum(done, Counter()) == Counter(delivered=MESSAGES)


def test_nobody_waits_for_a_row_that_another_has_locked() -> None:
    LogoutDelivery.objects.create(application=ApplicationFactory(), sid="s")
    with CaptureQueriesContext(connection) as statements:
        assert LogoutDelivery.objects.claim() is not None
    assert any("SKIP LOCKED" in statement["sql"] for statement in statements)
