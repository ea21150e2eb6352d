"""The refresh token grant (RFC 6749 §6, RFC 9700 §4.14): rotation, retry and replay."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.token_string import (
    CHECKSUM_LENGTH,
    REFRESH_TOKEN,
    make_family,
    make_refresh_token,
    parse_refresh_token,
)
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.django_db

WINDOW = 60


@pytest.fixture(params=[{}, {"public": True}], ids=["confidential", "public"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return signed_in(policy={}, **request.param)


def setting(**values: Any) -> Any:
    """These settings of ours, and the tests' own beside them."""
    return override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, **values})


def family_of(refresh_token: str) -> str:
    """The part that stays."""
    parts = parse_refresh_token(refresh_token)
    assert parts is not None
    return parts.family


def revocation_of(driver: Driver) -> str:
    """Why the authorization of ``driver``'s client ended, or an empty string."""
    return Authorization.objects.get(application=driver.application).revoked_reason


# Rotation


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_answers_with_new_tokens_for_all_that_was_granted(driver: Driver) -> None:
    tokens = driver.tokens()
    response = driver.refresh(tokens["refresh_token"])
    renewed = response.json()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert set(renewed) == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert renewed["scope"] == tokens["scope"]
    assert renewed["access_token"] != tokens["access_token"]
    assert ledger.is_good(renewed["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_every_refresh_gives_a_new_refresh_token_of_the_same_family(driver: Driver) -> None:
    presented = [driver.tokens()["refresh_token"]]
    for _ in range(4):
        presented.append(driver.refresh(presented[-1]).json()["refresh_token"])
    assert len(set(presented)) == 5
    assert len({family_of(token) for token in presented}) == 1
    assert Authorization.objects.count() == 1


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_adds_no_row_but_an_access_token_and_its_binding(driver: Driver) -> None:
    tokens = driver.tokens()
    before = ledger.counts()
    driver.refresh(tokens["refresh_token"])
    after = ledger.counts()
    grown = {table for table in after if after[table] != before[table]}
    assert grown == {access_token_model()._meta.db_table, TokenBinding._meta.db_table}


@pytest.mark.spec("RFC 6749", "6")
def test_the_access_token_of_before_serves_on(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.spec("FAPI 2.0", "5.3.2.1")
def test_a_client_whose_policy_says_so_keeps_its_refresh_token() -> None:
    driver = signed_in(policy={"rotate_refresh_tokens": False})
    kept = driver.tokens()["refresh_token"]
    answers = [driver.refresh(kept).json() for _ in range(3)]
    assert {answer["refresh_token"] for answer in answers} == {kept}
    assert len({answer["access_token"] for answer in answers}) == 3
    assert Authorization.objects.get().sealed_answer == ""


@pytest.mark.spec("RFC 6749", "6")
def test_narrowing_once_does_not_narrow_the_grant(driver: Driver) -> None:
    tokens = driver.tokens()
    narrowed = driver.refresh(tokens["refresh_token"], scope="notes:read").json()
    assert narrowed["scope"] == "notes:read"
    assert access_token_model().objects.order_by("-pk").first().scope == "notes:read"
    assert driver.refresh(narrowed["refresh_token"]).json()["scope"] == "notes:read notes:write"


# Refusals, each of which leaves everything as it was


@pytest.mark.spec("RFC 6749", "6")
@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"refresh_token": None}, "invalid_request"),
        ({"refresh_token": ""}, "invalid_request"),
        ({"refresh_token": "x"}, "invalid_grant"),
        ({"refresh_token": REFRESH_TOKEN}, "invalid_grant"),
        ({"refresh_token": "é\u202e"}, "invalid_grant"),
        ({"refresh_token": "ort_" + "a" * 22 + "_" + "a" * 49}, "invalid_grant"),
        ({"refresh_token": "a" * 50_000}, "invalid_grant"),
        ({"scope": "notes:read photos:read"}, "invalid_scope"),
        ({"scope": "photos:read"}, "invalid_scope"),
        ({"scope": "nothing:here"}, "invalid_scope"),
        ({"scope": "notes:read  notes:write"}, "invalid_scope"),
        ({"scope": "é"}, "invalid_scope"),
        ({"resource": "https://api.example.com"}, "invalid_target"),
        ({"resource": "not a uri"}, "invalid_target"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "refresh_token "}, "unsupported_grant_type"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(f"{k}={str(v)[:20]}" for k, v in value.items()),
)
def test_a_refused_refresh_leaves_the_token_to_its_owner(driver: Driver, form: dict[str, Any], error: str) -> None:
    tokens = driver.tokens()
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **form), error)
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize("other", [{}, {"public": True}], ids=["confidential", "public"])
@pytest.mark.parametrize("rotations", [0, 1, 2])
def test_another_client_can_neither_use_nor_end_a_sign_in(driver: Driver, other: Any, rotations: int) -> None:
    first = current = driver.tokens()["refresh_token"]
    for _ in range(rotations):
        current = driver.refresh(current).json()["refresh_token"]
    stranger = Driver(ApplicationFactory(**other))
    with ledger.unchanged():
        ledger.refused(stranger.refresh(first), "invalid_grant")
        ledger.refused(stranger.refresh(current), "invalid_grant")
        ledger.refused(stranger.refresh(make_refresh_token(family_of(current))), "invalid_grant")
    assert driver.refresh(current).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_an_unknown_family_changes_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    with ledger.unchanged():
        ledger.refused(driver.refresh(make_refresh_token(make_family())), "invalid_grant")
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_broken_string_of_a_known_family_changes_nothing(driver: Driver) -> None:
    token = driver.tokens()["refresh_token"]
    body, end = token[:-CHECKSUM_LENGTH], token[-CHECKSUM_LENGTH:]
    swapped = "b" if body[-1] == "a" else "a"
    with ledger.unchanged():
        for broken in (token[:-1], token + "a", body + "000000", f"{body[:-1]}{swapped}{end}", token.swapcase()):
            ledger.refused(driver.refresh(broken), "invalid_grant")
    assert driver.refresh(token).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize("kind", ["access_token", "code"])
def test_no_other_string_of_ours_is_a_refresh_token(driver: Driver, kind: str) -> None:
    code = driver.code()
    presented = {"code": code, "access_token": driver.redeem(code).json()["access_token"]}[kind]
    with ledger.unchanged():
        ledger.refused(driver.refresh(presented), "invalid_grant")


def deactivate(driver: Driver) -> None:
    get_user_model().objects.update(is_active=False)


def revoke(driver: Driver) -> None:
    revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)


def expire(driver: Driver) -> None:
    Authorization.objects.update(expires_at=timezone.now())


def withdraw(driver: Driver) -> None:
    withdraw_consent(user=Authorization.objects.get().user, application=driver.application)


def delete(driver: Driver) -> None:
    get_user_model().objects.all().delete()


def delete_authorization(driver: Driver) -> None:
    Authorization.objects.all().delete()


def delete_access_token(driver: Driver) -> None:
    access_token_model().objects.all().delete()


def suspend(driver: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)


def take_grant(driver: Driver) -> None:
    ClientPolicy.objects.update(grant_types=["authorization_code"])


ENDS = [
    (deactivate, "invalid_grant", 400),
    (revoke, "invalid_grant", 400),
    (expire, "invalid_grant", 400),
    (withdraw, "invalid_grant", 400),
    (delete, "invalid_grant", 400),
    (delete_authorization, "invalid_grant", 400),
    (delete_access_token, "invalid_grant", 400),
    (suspend, "invalid_client", 401),
    (take_grant, "unauthorized_client", 400),
]


@pytest.mark.spec("RFC 6749", "6")
@pytest.mark.parametrize(("end", "error", "status"), ENDS, ids=lambda value: getattr(value, "__name__", None))
def test_what_has_ended_is_not_refreshed(driver: Driver, end: Any, error: str, status: int) -> None:
    tokens = driver.tokens()
    end(driver)
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), error, status)


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize(("end", "error", "status"), ENDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_retry_is_answered_only_after_every_check_of_a_fresh_refresh(
    driver: Driver, end: Any, error: str, status: int
) -> None:
    tokens = driver.tokens()
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    end(driver)
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), error, status)


# Retry


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize("after", [0, 1, WINDOW - 2])
def test_a_retry_within_the_window_gets_the_same_answer_counted_anew(driver: Driver, after: int) -> None:
    tokens = driver.tokens()
    first = driver.refresh(tokens["refresh_token"]).json()
    with ledger.unchanged(), ledger.later(after):
        second = driver.refresh(tokens["refresh_token"])
    assert second.status_code == 200
    counted = second.json().pop("expires_in")
    assert first["expires_in"] - after - 2 <= counted <= first["expires_in"] - after
    assert {**second.json(), "expires_in": 0} == {**first, "expires_in": 0}


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_retry_may_be_repeated_and_the_new_token_still_works(driver: Driver) -> None:
    tokens = driver.tokens()
    first = driver.refresh(tokens["refresh_token"]).json()
    for _ in range(3):
        assert driver.refresh(tokens["refresh_token"]).json()["refresh_token"] == first["refresh_token"]
    assert driver.refresh(first["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize("form", [{"scope": "notes:read"}, {"scope": "notes:write notes:read"}], ids=str)
def test_a_retry_on_other_terms_is_refused_and_changes_nothing(driver: Driver, form: dict[str, str]) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **form), "invalid_grant")
    assert driver.refresh(renewed["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize(
    ("form", "error"), [({"scope": "photos:read"}, "invalid_scope"), ({"resource": "https://a"}, "invalid_target")]
)
def test_a_retry_for_more_is_refused_as_a_fresh_refresh_is(driver: Driver, form: dict[str, str], error: str) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **form), error)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_another_clients_retry_gets_nothing_and_changes_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    stranger = Driver(ApplicationFactory())
    with ledger.unchanged():
        ledger.refused(stranger.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_the_answer_is_blanked_by_the_next_rotation_and_opens_to_no_older_token(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    second = driver.refresh(first).json()["refresh_token"]
    sealed = Authorization.objects.get().sealed_answer
    driver.refresh(second)
    assert Authorization.objects.get().sealed_answer != sealed
    assert sealed not in ledger.text()


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_sealed_answer_moved_to_another_row_opens_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    other = driver.tokens()
    driver.refresh(other["refresh_token"])
    first, second = Authorization.objects.order_by("pk")
    Authorization.objects.filter(pk=second.pk).update(sealed_answer=first.sealed_answer)
    ledger.refused(driver.refresh(other["refresh_token"]), "invalid_grant")


@pytest.mark.spec("FAPI 2.0", "5.3.2.1")
def test_a_sealed_answer_is_bound_to_the_key(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    Authorization.objects.update(cnf={"jkt": "another key"})
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_revocation_blanks_the_sealed_answer(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    revoke(driver)
    assert Authorization.objects.get().sealed_answer == ""


# Replay


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize("after", [WINDOW + 1, 3000, 20 * 86400])
def test_a_superseded_token_after_the_window_revokes_the_authorization(driver: Driver, after: int) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    with ledger.later(after):
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"
        for dead in (tokens, renewed):
            assert not ledger.is_good(dead["access_token"])
            assert ledger.is_over(dead["access_token"])
        ledger.refused(driver.refresh(renewed["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_token_two_generations_old_within_the_window_is_refused_and_ends_nothing(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    third = driver.refresh(driver.refresh(first).json()["refresh_token"]).json()
    with ledger.unchanged(), ledger.later(WINDOW - 2):
        ledger.refused(driver.refresh(first), "invalid_grant")
    assert revocation_of(driver) == ""
    assert ledger.is_good(third["access_token"])
    assert driver.refresh(third["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_token_two_generations_old_after_the_window_is_a_replay(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    third = driver.refresh(driver.refresh(first).json()["refresh_token"]).json()
    with ledger.later(WINDOW + 1):
        ledger.refused(driver.refresh(first), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"
        assert ledger.is_over(third["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_the_window_of_an_older_token_is_counted_from_the_last_refresh(driver: Driver) -> None:
    first = driver.tokens()["refresh_token"]
    second = driver.refresh(first).json()["refresh_token"]
    with ledger.later(WINDOW - 10):
        assert driver.refresh(second).status_code == 200
    with ledger.later(2 * WINDOW - 20), ledger.unchanged():
        ledger.refused(driver.refresh(first), "invalid_grant")
    with ledger.later(2 * WINDOW - 5):
        ledger.refused(driver.refresh(first), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_replays_of_what_was_revoked_before_write_nothing_and_warn_of_nothing(
    driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    assert driver.redeem(code).status_code == 400
    assert revocation_of(driver) == "code_replay"
    caplog.clear()
    with ledger.unchanged():
        for _ in range(3):
            ledger.refused(driver.redeem(code), "invalid_grant")
            ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert not [record for record in caplog.records if record.name.startswith("oauth_provider") and record.levelno > 20]


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_well_made_token_of_the_clients_own_family_that_was_never_issued_is_a_replay(driver: Driver) -> None:
    tokens = driver.tokens()
    ledger.refused(driver.refresh(make_refresh_token(family_of(tokens["refresh_token"]))), "invalid_grant")
    assert revocation_of(driver) == "refresh_token_replay"
    assert ledger.is_over(tokens["access_token"])


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_window_of_zero_turns_retries_off(driver: Driver) -> None:
    with setting(REFRESH_TOKEN_RETRY_WINDOW=0):
        tokens = driver.tokens()
        driver.refresh(tokens["refresh_token"])
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert revocation_of(driver) == "refresh_token_replay"


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize(("after", "status"), [(100, 200), (121, 400)])
def test_the_window_is_the_settings(driver: Driver, after: int, status: int) -> None:
    with setting(REFRESH_TOKEN_RETRY_WINDOW=120):
        tokens = driver.tokens()
        driver.refresh(tokens["refresh_token"])
        with ledger.later(after):
            assert driver.refresh(tokens["refresh_token"]).status_code == status


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_ends_one_sign_in_and_no_other_of_the_same_person_and_client(driver: Driver) -> None:
    first, other = driver.tokens(), driver.tokens()
    driver.refresh(first["refresh_token"])
    with ledger.later(WINDOW + 1):
        driver.refresh(first["refresh_token"])
    assert driver.refresh(other["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize(
    "credentials", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"client_id": None}], ids=str
)
def test_a_replay_by_somebody_unauthenticated_changes_nothing(credentials: dict[str, Any]) -> None:
    driver = signed_in()
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    with ledger.later(WINDOW + 1), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], **credentials), "invalid_client", 401)


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_replay_of_what_was_revoked_already_tells_nobody_twice(
    driver: Driver, django_capture_on_commit_callbacks: Any
) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    revoke(driver)
    with ledger.unchanged(), ledger.later(WINDOW + 1), django_capture_on_commit_callbacks() as callbacks:
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert callbacks == []


# Lifetimes


@pytest.mark.spec("RFC 9700", "4.14.2")
@pytest.mark.parametrize(("after", "status"), [(990, 200), (1001, 400)])
def test_a_sign_in_that_is_not_refreshed_ends(driver: Driver, after: int, status: int) -> None:
    with setting(AUTHORIZATION_IDLE_LIFETIME=1000):
        tokens = driver.tokens()
        with ledger.later(after):
            assert driver.refresh(tokens["refresh_token"]).status_code == status


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_extends_a_sign_in(driver: Driver) -> None:
    with setting(AUTHORIZATION_IDLE_LIFETIME=1000):
        current = driver.tokens()["refresh_token"]
        for after in (900, 1800, 2700):
            with ledger.later(after):
                current = driver.refresh(current).json()["refresh_token"]
        with ledger.later(3800), ledger.unchanged():
            ledger.refused(driver.refresh(current), "invalid_grant")


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_no_refresh_extends_a_sign_in_past_its_absolute_lifetime(driver: Driver) -> None:
    with setting(AUTHORIZATION_IDLE_LIFETIME=1000, AUTHORIZATION_LIFETIME=1500):
        tokens = driver.tokens()
        with ledger.later(900):
            renewed = driver.refresh(tokens["refresh_token"]).json()
            assert renewed["expires_in"] <= 600
        with ledger.later(1501), ledger.unchanged():
            ledger.refused(driver.refresh(renewed["refresh_token"]), "invalid_grant")
            assert not ledger.is_good(renewed["access_token"])


# What the database says, and to whom


@pytest.mark.spec("RFC 6749", "10.3")
def test_the_database_alone_reveals_nothing(driver: Driver) -> None:
    code = driver.code()
    tokens = driver.redeem(code).json()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    dump = ledger.text()
    secrets = [code, driver.application.secret, driver.code_verifier]
    for answer in (tokens, renewed):
        family, secret = answer["refresh_token"].split("_")[1:]
        secrets += [answer["access_token"], answer["refresh_token"], family, secret, secret[:43]]
    for secret in filter(None, secrets):
        assert secret not in dump
        assert secret[-20:] not in dump


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_the_sealed_answer_opens_to_the_presented_token_alone(driver: Driver) -> None:
    from oauth_provider.protocol.sealed import unseal

    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    row = Authorization.objects.get()
    context = json.dumps([str(row.public_id), driver.application.client_id, None, [], []])
    assert unseal(row.sealed_answer, secret=tokens["refresh_token"], context=context) is not None
    for known in (renewed["refresh_token"], row.refresh_token_digest, row.previous_digest, row.family_digest or ""):
        assert unseal(row.sealed_answer, secret=known, context=context) is None
    assert renewed["access_token"] not in row.sealed_answer


@pytest.mark.spec("RFC 7009", "2.1")
def test_the_deletion_of_an_unexpired_access_token_revokes_its_authorization(driver: Driver) -> None:
    tokens = driver.tokens()
    renewed = driver.refresh(tokens["refresh_token"]).json()
    access_token_model().objects.get(token_checksum=digest(tokens["access_token"])).delete()
    assert revocation_of(driver) == "token_deleted"
    assert not ledger.is_good(renewed["access_token"])
    assert ledger.is_over(renewed["access_token"])
    ledger.refused(driver.refresh(renewed["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 7009", "2.1")
def test_the_deletion_of_an_expired_access_token_revokes_nothing(driver: Driver) -> None:
    tokens = driver.tokens()
    with ledger.later(3601):
        access_token_model().objects.all().delete()
        assert revocation_of(driver) == ""
        assert driver.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.parametrize("how", ["row", "queryset"])
def test_the_deletion_of_an_authorization_ends_its_tokens(driver: Driver, how: str) -> None:
    tokens = driver.tokens()
    Authorization.objects.get().delete() if how == "row" else Authorization.objects.all().delete()
    assert not ledger.is_good(tokens["access_token"])
    assert ledger.is_over(tokens["access_token"])


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize(
    "end", [end for end, _error, _status in ENDS if end is not take_grant], ids=lambda e: e.__name__
)
def test_what_may_not_be_refreshed_may_not_be_used(driver: Driver, end: Any) -> None:
    tokens = driver.tokens()
    assert ledger.is_good(tokens["access_token"])
    end(driver)
    assert not ledger.is_good(tokens["access_token"])


# Refresh tokens that DOT issued


def issued_by_dot(application: Any, user: Any, *, scope: str = "notes:read") -> str:
    """A refresh token of DOT's, with the access token beside it."""
    access = access_token_model().objects.create(
        application=application, user=user, token="dot-access", scope=scope, expires=timezone.now() + timedelta(hours=1)
    )
    refresh_token_model().objects.create(
        application=application,
        user=user,
        token="dot-refresh",
        token_checksum=digest("dot-refresh"),
        access_token=access,
    )
    return "dot-refresh"


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_token_of_dots_is_honoured_once_and_becomes_ours() -> None:
    driver = Driver(ApplicationFactory())
    token = issued_by_dot(driver.application, UserFactory())
    response = driver.refresh(token)
    assert response.status_code == 200
    assert parse_refresh_token(response.json()["refresh_token"])
    assert refresh_token_model().objects.get().revoked is not None
    assert Authorization.objects.get().previous_digest == digest(token)
    assert driver.refresh(response.json()["refresh_token"]).status_code == 200


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_lost_answer_to_a_refresh_token_of_dots_can_be_retried() -> None:
    driver = Driver(ApplicationFactory())
    token = issued_by_dot(driver.application, UserFactory())
    first = driver.refresh(token).json()
    with ledger.unchanged():
        assert driver.refresh(token).json()["refresh_token"] == first["refresh_token"]


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_refresh_token_of_dots_is_a_replay_after_the_window() -> None:
    driver = Driver(ApplicationFactory())
    token = issued_by_dot(driver.application, UserFactory())
    renewed = driver.refresh(token).json()
    with ledger.later(WINDOW + 1):
        ledger.refused(driver.refresh(token), "invalid_grant")
        assert revocation_of(driver) == "refresh_token_replay"
        assert ledger.is_over(renewed["access_token"])
        assert ledger.is_over("dot-access")


@pytest.mark.spec("RFC 6749", "6")
@pytest.mark.parametrize("case", ["another client", "revoked", "inactive user", "wider scope", "no access token"])
def test_a_refresh_token_of_dots_is_refused_where_ours_would_be(case: str) -> None:
    driver, user = Driver(ApplicationFactory()), UserFactory()
    token = issued_by_dot(driver.application, user)
    asking, form, error = driver, {}, "invalid_grant"
    match case:
        case "another client":
            asking = Driver(ApplicationFactory())
        case "revoked":
            refresh_token_model().objects.update(revoked=timezone.now())
        case "inactive user":
            get_user_model().objects.update(is_active=False)
        case "wider scope":
            form, error = {"scope": "notes:read notes:write"}, "invalid_scope"
        case _:
            refresh_token_model().objects.update(access_token=None)
    with ledger.unchanged():
        ledger.refused(asking.refresh(token, **form), error)
