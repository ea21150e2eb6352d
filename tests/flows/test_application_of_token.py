"""The client's row of a token (``AccessToken.application``), which few calls want, in sync and in async code."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import SynchronousOnlyOperation

from oauth_provider.tokens.verifier import verify
from tests.driver import Driver, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": ["client_credentials"]})


@pytest.fixture
def token(driver: Driver) -> Any:
    return verify(driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"])


def test_async_code_awaits_it_and_may_read_it_then(token: Any, driver: Driver) -> None:
    async def view() -> list[Any]:
        return [await token.aapplication(), token.application]

    assert async_to_sync(view)() == [driver.application] * 2


def test_async_code_that_just_reads_it_is_told(token: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # as tests in a browser need it

    async def view() -> Any:
        return token.application

    with pytest.raises(SynchronousOnlyOperation):
        async_to_sync(view)()
    assert token.application is not None
