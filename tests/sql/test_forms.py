"""The two forms of a commit: one statement leaves the rows that Django's ORM leaves, and answers the same."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from oauth_provider.clients.memory import client_memory
from oauth_provider.models import ClientPolicy
from tests import details, ledger
from tests.commits import AT_ONCE, PLAIN, committed, needs_statement
from tests.driver import Driver, query_of, signed_in
from tests.factories import UserFactory
from tests.races.outcomes import dot_refresh_token

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), needs_statement]

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
# Random, or made of what is.
RANDOM = ("digest", "checksum", "sealed_answer", "code_challenge", "sid", "client_id", "name", "username", "encoded")
RANDOM_TOO = ("password", "hint", "token", "token_family", "authorization")
# Times of one exchange, and no two of them the same.
CLOSE = timedelta(seconds=30)
HYBRID_TYPE = "code id_token token"


def policy(**columns: Any) -> None:
    ClientPolicy.objects.update(**columns)


def refreshed(driver: Driver, **form: Any) -> list[Any]:
    tokens = driver.tokens()
    return [driver.refresh(tokens["refresh_token"], **form)]


def without_refresh(driver: Driver) -> list[Any]:
    policy(grant_types=["authorization_code"])
    return [driver.redeem(driver.code())]


def as_jwt(driver: Driver) -> list[Any]:
    policy(access_token_format="jwt")
    tokens = driver.redeem(driver.code(scope="openid notes:read"))
    return [tokens, driver.refresh(tokens.json()["refresh_token"])]


def kept_refresh_token(driver: Driver) -> list[Any]:
    policy(rotate_refresh_tokens=False)
    return refreshed(driver)


def adopted(driver: Driver) -> list[Any]:
    row = dot_refresh_token(driver, get_user_model().objects.get())
    return [driver.refresh(row.token), driver.refresh(row.token)]


def repeated(driver: Driver) -> list[Any]:
    token = driver.tokens()["refresh_token"]
    return [driver.refresh(token), driver.refresh(token)]


def code_replayed(driver: Driver) -> list[Any]:
    code = driver.code()
    return [driver.redeem(code), driver.redeem(code)]


def of_its_own(driver: Driver, **form: Any) -> list[Any]:
    return [driver.token(grant_type="client_credentials", **form)]


def with_details(driver: Driver) -> list[Any]:
    policy(authorization_details_types=["account"])
    asked = {"authorization_details": details.said(details.READ)}
    return [*of_its_own(driver, **asked), driver.redeem(driver.code(**asked), **asked)]


def denied(driver: Driver) -> list[Any]:
    return [driver.decide(driver.authorize()["Location"], "deny")]


def pushed(driver: Driver, decision: str = "allow") -> list[Any]:
    return [driver.decide(driver.open(driver.push().json()["request_uri"])["Location"], decision)]


def pushed_and_silent(driver: Driver) -> list[Any]:
    driver.code()
    return [driver.open(driver.push().json()["request_uri"])]


def agreed_to_more(driver: Driver) -> list[Any]:
    driver.code()
    return [driver.decide(driver.authorize(scope="photos:read")["Location"])]


def hybrid(driver: Driver) -> list[Any]:
    policy(response_types=["code", HYBRID_TYPE])
    asked = {"response_type": HYBRID_TYPE, "scope": "openid notes:read", "nonce": "n"}
    page = driver.authorize(**asked)["Location"]
    return [driver.decide(page), driver.authorize(**asked)]


def revoked(driver: Driver, kind: str = "refresh_token") -> list[Any]:
    return [driver.revoke(driver.tokens()[kind])]


KINDS: dict[str, Callable[[Driver], list[Any]]] = {
    "redeem": lambda driver: [driver.redeem(driver.code())],
    "redeem without a refresh token": without_refresh,
    "JWT": as_jwt,
    "adoption": adopted,
    "rotate": refreshed,
    "narrow": lambda driver: refreshed(driver, scope="notes:read"),
    "kept refresh token": kept_refresh_token,
    "repeat": repeated,
    "replay of a code": code_replayed,
    "client credentials": lambda driver: of_its_own(driver, scope="notes:read"),
    "details": with_details,
    "consent denied": denied,
    "pushed": pushed,
    "pushed and denied": lambda driver: pushed(driver, "deny"),
    "pushed, silent": pushed_and_silent,
    "consent to more": agreed_to_more,
    "silent": lambda driver: [driver.code() and driver.authorize()],
    "hybrid": hybrid,
    "revoke": revoked,
    "revoke by its access token": lambda driver: revoked(driver, "access_token"),
}


def comparable(name: str, values: list[Any], now: datetime) -> list[Any]:
    """One column of a table: keys by their order, what is random by its shape, and times by how far off they are."""
    if name == "id" or (name.endswith("_id") and name not in RANDOM):
        known = sorted({value for value in values if isinstance(value, int)})
        return [known.index(value) if value in known else type(value) for value in values]
    if name.endswith(RANDOM) or name in RANDOM_TOO:
        return [
            (type(value), bool(value), len(value or "") if name.endswith(("digest", "checksum")) else None)
            for value in values
        ]
    if name in {"parameters", "facts"}:
        return [re.sub(r'request_uri:\w+|"pushed": \d+|"hint": "\w+"', "…", value) for value in values]
    return [
        round((value - now) / CLOSE)
        if isinstance(value, datetime)
        else type(value)
        if isinstance(value, UUID)
        else value
        for value in values
    ]


def left(kind: str, form: str, settings: Any) -> tuple[Any, Any]:
    """What was answered, and all tables."""
    with committed(form):
        driver = signed_in(
            UserFactory(pk=1_000_000, username="person"),
            name="Client",
            client_id="client",
            policy={"grant_types": GRANTS},
        )
        driver.code_verifier = "v" * 43
        details.register(settings)
        settings.OAUTH_PROVIDER |= {"LEGACY_RESPONSE_TYPES": [HYBRID_TYPE]}
        answers = KINDS[kind](driver)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    tables = {
        f"{table}.{name}": comparable(name, [row[name] for row in rows], now)
        for table, rows in ledger.read().items()
        for name in (rows[0] if rows else ())
    }
    return [said(answer) for answer in answers], tables


def said(answer: Any) -> Any:
    if answer.status_code in {302, 303}:
        return answer.status_code, sorted(query_of(answer["Location"].replace("#", "?")))
    return answer.status_code, sorted(answer.json()) if answer.content else None


@pytest.mark.parametrize("kind", KINDS)
def test_both_forms_leave_the_same_rows(kind: str, settings: Any) -> None:
    by_form = {}
    for form in (PLAIN, AT_ONCE):
        by_form[form] = left(kind, form, settings)
        client_memory.clear()
        _empty()
        get_user_model().objects.all().delete()
    (answers, columns), (other_answers, others) = by_form[PLAIN], by_form[AT_ONCE]
    assert answers == other_answers
    assert all(status < 500 for status, _members in answers)
    assert columns.keys() == others.keys()
    differing = {name: (columns[name], others[name]) for name in columns if columns[name] != others[name]}
    assert differing == {}


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(ledger.tables())} CASCADE")
