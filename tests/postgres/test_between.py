"""What happens between two looks of one verb: the state is that of one order or the other, and nobody is forgotten."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError

from oauth_provider.dot.names import application_model
from oauth_provider.models import Authorization, Consent, LogoutDelivery
from oauth_provider.models.pending_request import PendingRequestManager
from oauth_provider.tokens import logout, withdraw
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.project_code import ProjectCodeError, project_code
from tests import ledger
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.threads import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def after_first(function: Callable[..., Any], act: Callable[[], Any]) -> Callable[..., Any]:
    """``function``, after whose first call ``act`` happens on a connection of its own."""
    waiting = [act]

    def call(*given: Any, **named: Any) -> Any:
        answer = function(*given, **named)
        while waiting:
            together(waiting.pop())
        return answer

    return call


def before_first(function: Callable[..., Any], act: Callable[[], Any]) -> Callable[..., Any]:
    waiting = [act]

    def call(*given: Any, **named: Any) -> Any:
        while waiting:
            together(waiting.pop())
        return function(*given, **named)

    return call


def test_a_first_consent_that_is_given_while_it_is_withdrawn_stands_whole_or_not_at_all() -> None:
    user = UserFactory()
    driver = signed_in(user)
    with patch.object(withdraw, "locked_rows", after_first(withdraw.locked_rows, driver.code)):
        withdraw.withdraw_consent(user=user, application=driver.application)
    stands = Authorization.objects.filter(revoked_at=None).exists()
    assert Consent.objects.exists() == stands


@pytest.mark.spec("OIDC Back-Channel Logout", "2.5")
def test_a_client_whose_code_is_redeemed_while_the_session_ends_is_told() -> None:
    policy = {"backchannel_logout_uri": "https://app.example.com/logout"}
    online = signed_in()
    driver = Driver(ApplicationFactory(policy=policy), browser=online.browser, scope="openid")
    code = driver.code()
    sid = Authorization.objects.get().sid
    redeem = before_first(logout.locked_rows, lambda: driver.redeem(code))
    with patch.object(logout, "locked_rows", redeem):
        logout.end_sessions([sid], Issuer("https://auth.example.com"))
    assert LogoutDelivery.objects.count() == 1
    assert not Authorization.objects.filter(revoked_at=None).exists()


@pytest.mark.spec("RFC 9126", "2.3")
def test_a_request_that_is_pushed_while_its_client_is_deleted_is_refused() -> None:
    driver = signed_in()
    count = PendingRequestManager._count
    delete = after_first(count, lambda: application_model().objects.all().delete())
    with patch.object(PendingRequestManager, "_count", delete):
        ledger.refused(driver.push(), "invalid_client", 401)


def test_an_error_of_the_database_in_code_of_the_project_is_none_of_ours() -> None:
    with pytest.raises(ProjectCodeError), project_code("the function of a claim"):
        raise IntegrityError("23505")
