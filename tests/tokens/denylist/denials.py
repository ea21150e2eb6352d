"""What was published of revocations, and a token that DOT issued."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization
from oauth_provider.protocol.denylist import Denial, parse
from tests.driver import Driver
from tests.resource_server.denylist.transports import FakeTransport


def told(transport: FakeTransport) -> list[Denial]:
    """What was published since it was asked last."""
    messages = [parse(text) for text, _exp in transport.published]
    assert [denial.exp for denial in messages] == [exp for _text, exp in transport.published]
    transport.published.clear()
    return messages


def names(transport: FakeTransport) -> set[tuple[str, str, bool]]:
    """Kind, name, and whether it may come back."""
    return {(denial.kind, denial.id, denial.before is not None) for denial in told(transport)}


def of(authorization: Authorization) -> tuple[str, str, bool]:
    return "authorization", str(authorization.public_id), False


def dot_token(driver: Driver, user: Any = None, text: str = "of DOT") -> Any:
    return access_token_model().objects.create(
        user=user,
        application=driver.application,
        token=text,
        expires=timezone.now() + timedelta(hours=1),
        scope="notes:read",
    )


def own_token(driver: Driver) -> str:
    return str(driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"])
