"""Revocation (RFC 7009): whichever token of a sign-in is presented by its own client, the sign-in ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.token_string import make_family, make_refresh_token
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.revoke import revoke_user
from tests import ledger
from tests.driver import REVOKE, Driver, post, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[{}, {"public": True}], ids=["confidential", "public"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return signed_in(policy={}, **request.param)


@pytest.mark.spec("RFC 7009", "2.2")
@each("kind", ["access_token", "refresh_token"])
@each("hint", [None, "access_token", "refresh_token", "nonsense"])
def test_either_token_ends_the_sign_in_whatever_the_hint(driver: Driver, kind: str, hint: str | None) -> None:
    tokens = driver.tokens()
    response = driver.revoke(tokens[kind], token_type_hint=hint)
    assert (response.status_code, response.content) == (200, b"")
    assert response["Cache-Control"] == "no-store"
    assert Authorization.objects.get().revoked_reason == "client"
    assert not ledger.is_good(tokens["access_token"])
    assert ledger.is_over(tokens["access_token"])
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 7009", "2.1")
def test_all_access_tokens_of_the_sign_in_end(driver: Driver) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    driver.revoke(renewed["refresh_token"])
    assert ledger.is_over(tokens["access_token"])
    assert ledger.is_over(renewed["access_token"])


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_superseded_refresh_token_ends_the_sign_in_too(driver: Driver) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    assert driver.revoke(tokens["refresh_token"]).status_code == 200
    assert ledger.is_over(renewed["access_token"])


@pytest.mark.spec("RFC 7009", "2.1")
def test_another_sign_in_of_the_same_person_goes_on(driver: Driver) -> None:
    first, second = driver.tokens(), driver.tokens()
    driver.revoke(first["refresh_token"])
    assert ledger.is_good(second["access_token"])
    assert driver.refresh(second["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.2")
def test_revoking_again_is_no_error_and_changes_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.revoke(tokens["refresh_token"])
    with ledger.unchanged():
        for token in (tokens["refresh_token"], tokens["access_token"]):
            assert driver.revoke(token).status_code == 200


@pytest.mark.spec("RFC 7009", "2.2")
@each(
    "token",
    [
        "x",
        "é\u202e",
        "oat_",
        "ort_",
        "a" * 50_000,
        "ort_" + "a" * 22 + "_" + "a" * 49,
        "oat_" + "a" * 49,
        "' OR 1=1 --",
        "0",
    ],
    ids=lambda token: token[:20],
)
def test_an_unknown_token_is_no_error_and_changes_nothing(driver: Driver, token: str) -> None:
    driver.tokens()
    with ledger.unchanged():
        response = driver.revoke(token)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.spec("RFC 7009", "2.1")
@each("kind", ["access_token", "refresh_token"])
@each("other", [{}, {"public": True}], ids=["confidential", "public"])
def test_another_clients_token_is_answered_as_unknown_and_stays_good(driver: Driver, kind: str, other: Any) -> None:
    tokens = driver.tokens()
    stranger = Driver(ApplicationFactory(**other))
    with ledger.unchanged():
        response = stranger.revoke(tokens[kind])
    assert (response.status_code, response.content) == (200, b"")
    assert ledger.is_good(tokens["access_token"])
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
def test_an_unknown_family_changes_nothing(driver: Driver) -> None:
    driver.tokens()
    with ledger.unchanged():
        assert driver.revoke(make_refresh_token(make_family())).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_code_is_no_token_and_is_not_spent(driver: Driver) -> None:
    code = driver.code()
    with ledger.unchanged():
        assert driver.revoke(code).status_code == 200
    assert driver.redeem(code).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
@each(
    ("form", "error", "status"),
    [
        ({"token": None}, "invalid_request", 400),
        ({"token": ""}, "invalid_request", 400),
        ({"client_id": None}, "invalid_client", 401),
        ({"client_id": "nobody"}, "invalid_client", 401),
        ({"client_secret": "wrong"}, "invalid_client", 401),
    ],
    ids=str,
)
def test_a_malformed_call_revokes_nothing(form: dict[str, Any], error: str, status: int) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    with ledger.unchanged():
        given = {**driver.credentials, "token": tokens["refresh_token"], **form}
        given = {name: value for name, value in given.items() if value is not None}
        ledger.refused(post(driver.browser, REVOKE, given), error, status)


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_services_token_is_revoked_and_nothing_else() -> None:
    service = Driver(ApplicationFactory(service=True))
    grant = {"grant_type": "client_credentials", "scope": "notes:read"}
    first, second = (service.token(**grant).json()["access_token"] for _ in range(2))
    assert service.revoke(first).status_code == 200
    assert ledger.is_over(first)
    assert not ledger.is_good(first)
    assert ledger.is_good(second)


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("presented", ["dot-access", "dot-refresh"])
def test_a_token_of_dots_is_revoked_with_what_stands_beside_it(presented: str) -> None:
    driver, user = Driver(ApplicationFactory()), UserFactory()
    ends = timezone.now() + timedelta(hours=1)
    access = access_token_model().objects.create(
        application=driver.application, user=user, token="dot-access", scope="notes:read", expires=ends
    )
    refresh_token_model().objects.create(
        application=driver.application,
        user=user,
        token="dot-refresh",
        token_checksum=digest("dot-refresh"),
        access_token=access,
    )
    stranger = Driver(ApplicationFactory())
    with ledger.unchanged():
        assert stranger.revoke(presented).status_code == 200
    assert driver.revoke(presented).status_code == 200
    assert ledger.is_over("dot-access")
    ledger.refused(driver.refresh("dot-refresh"), "invalid_grant")


@pytest.mark.spec("RFC 7009", "2.1")
def test_what_is_revoked_says_so_once_it_is_committed(driver: Driver, django_capture_on_commit_callbacks: Any) -> None:
    from oauth_provider.signals import authorization_revoked

    tokens, heard = driver.tokens(), []

    def hear(sender: Any, reason: str, **kwargs: Any) -> None:
        heard.append(reason)

    authorization_revoked.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            driver.revoke(tokens["refresh_token"])
            assert heard == []
    finally:
        authorization_revoked.disconnect(hear)
    assert heard == ["client"]


@pytest.mark.spec("RFC 7009", "2.1")
def test_a_user_is_signed_out_everywhere() -> None:
    user = UserFactory()
    drivers = [signed_in(user), signed_in(user, public=True)]
    tokens = [driver.tokens()["access_token"] for driver in drivers]
    other = signed_in().tokens()["access_token"]
    assert revoke_user(user) == 2
    assert all(ledger.is_over(token) for token in tokens)
    assert ledger.is_good(other)


@pytest.mark.spec("RFC 7009", "2.1")
def test_revoking_two_rows_touches_a_first_end_no_more(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.revoke(tokens["refresh_token"])
    ended = Authorization.objects.get().revoked_at
    with ledger.later(10):
        assert revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR) == 0
    row = Authorization.objects.get()
    assert (row.revoked_at, row.revoked_reason) == (ended, "client")
