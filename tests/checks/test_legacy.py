"""The checks of exceptions (RFC 9700 §2.1): said until they are gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.checks.legacy import check_excuses, check_response_types
from oauth_provider.protocol.response_type import LEGACY
from tests.checks.messages import said
from tests.each import each
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER


@each("listed", [["code"], ["id_token code"], ["none"], "id_token", ["id_token", 7], {}, None, 1])
def test_a_list_of_anything_else_is_an_error(settings: Any, listed: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": listed}
    assert said(check_response_types) == ["E085"]


@pytest.mark.spec("RFC 9700", "2.1.2")
@each("listed", [[one] for one in LEGACY] + [LEGACY], ids=str)
def test_whatever_is_listed_is_warned_of(settings: Any, listed: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "LEGACY_RESPONSE_TYPES": listed}
    assert said(check_response_types) == ["W086"]


@pytest.mark.django_db
@pytest.mark.spec("OAuth 2.1", "7.5.1")
@each(("ahead", "options", "numbers"), [
    (0, {}, ["W085"]), (30, {}, ["W085"]), (-1, {}, []), (30, {"public": True}, []),
])  # fmt: skip
def test_a_client_that_goes_without_pkce_is_named(ahead: int, options: Any, numbers: list[str]) -> None:
    day = timezone.now().date() + timedelta(days=ahead)
    application = ApplicationFactory(policy={"pkce_excused_until": day}, **options)
    assert said(check_excuses, databases=["default"]) == numbers
    assert all(application.client_id in message.msg for message in check_excuses(None, databases=["default"]))
    assert said(check_excuses, databases=None) == []
