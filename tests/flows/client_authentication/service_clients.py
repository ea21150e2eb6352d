"""Services that authenticate (RFC 6749 §2.3.1): what they send, and how they are refused."""

from typing import Any
from unittest.mock import patch

from django.contrib.auth.hashers import make_password

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret
from tests import ledger
from tests.driver import Driver
from tests.factories import ApplicationFactory

GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


def of_dot(secret: str, *, hashed: bool = True) -> Any:
    """A service that has no secret but the one in DOT's column."""
    application = ApplicationFactory(service=True)
    ClientSecret.objects.filter(application=application).delete()
    stored = make_password(secret, hasher="md5") if hashed else secret
    application_model().objects.filter(pk=application.pk).update(client_secret=stored)
    application.secret = secret
    application.refresh_from_db()
    return application


def refused(response: Any) -> None:
    """401 ``invalid_client``, with a challenge."""
    ledger.refused(response, "invalid_client", 401)
    assert response["WWW-Authenticate"] == 'Basic realm="oauth"'


def hashes(driver: Driver, **form: Any) -> int:
    """How many slow hashes one request costs."""
    with patch("oauth_provider.clients.authentication.secret.check_password", return_value=False) as check:
        driver.token(**GRANT, **form)
    return check.call_count
