"""What is compared (``DECIDING``): a column that any rule looks at leads to a new read, whatever verb it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils import timezone

from oauth_provider.dot.names import application_model, refresh_token_model
from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.sql.model import deciding_fields
from tests.commits import both_forms, committed, midway
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory
from tests.races.outcomes import dot_refresh_token

pytestmark = pytest.mark.django_db(transaction=True)

FOUND = "it is what the row is found by: another value is another row's"
BEGAN = "it is written when the row begins and never again; it is said to the client, and no rule looks at it"
AFTERWARDS = "it says what was done, and changes with a column that decides"
NOTED = "a time that is shown to people"
DERIVED = "the database derives it from a column that decides"

# The columns that decide nothing, and why.
INDIFFERENT: dict[Any, dict[str, str]] = {
    Authorization: {
        **dict.fromkeys(("public_id", "code_digest", "family_digest", "adopted_digest"), FOUND),
        **dict.fromkeys(("grant_type", "claims", "auth_time", "acr", "amr", "sid", "address", "device"), BEGAN),
        "revoked_reason": AFTERWARDS,
        **dict.fromkeys(("rotated_on", "expires_on"), DERIVED),
    },
    Consent: {
        **dict.fromkeys(("created_at", "updated_at"), NOTED),
        **dict.fromkeys(("used_at", "end_announced_at"), "the sweep ends what is unused, and then the row is gone"),
        "shown_as": "it says what was different, where the digests of ``entries`` decide that something was",
    },
    PendingRequest: {
        "handle_digest": FOUND,
        "address_digest": "it counts what waits, and decides nothing about this one",
        **dict.fromkeys(("decision", "sealed_answer"), AFTERWARDS),
    },
    refresh_token_model(): {
        "token": "its digest is what the row is found by",
        "token_family": "families of DOT's are no business of ours: this token is honoured once",
        "updated": NOTED,
    },
}


class Verb(NamedTuple):
    """A verb that changes or holds a row of ``model``: ``prepare`` returns what does it."""

    model: Any
    prepare: Callable[[Driver], Callable[[], Any]]


def redeem(driver: Driver) -> Callable[[], Any]:
    code = driver.code()
    return lambda: driver.redeem(code)


def rotate(driver: Driver) -> Callable[[], Any]:
    token = driver.tokens()["refresh_token"]
    return lambda: driver.refresh(token)


def revoke(driver: Driver) -> Callable[[], Any]:
    token = driver.tokens()["refresh_token"]
    return lambda: driver.revoke(token)


def answer_silently(driver: Driver) -> Callable[[], Any]:
    driver.code()
    return driver.authorize


def agree_to_more(driver: Driver) -> Callable[[], Any]:
    driver.code()
    page = driver.authorize(scope="photos:read")["Location"]
    return lambda: driver.decide(page)


def agree_again(driver: Driver) -> Callable[[], Any]:
    page = driver.authorize()["Location"]
    driver.code()
    return lambda: driver.decide(page)


def deny(driver: Driver) -> Callable[[], Any]:
    page = driver.authorize()["Location"]
    return lambda: driver.decide(page, "deny")


def answer_pushed(driver: Driver) -> Callable[[], Any]:
    driver.code()
    request_uri = driver.push().json()["request_uri"]
    return lambda: driver.open(request_uri)


def adopt(driver: Driver) -> Callable[[], Any]:
    token = dot_refresh_token(driver, get_user_model().objects.latest("pk"), str(uuid4())).token
    return lambda: driver.refresh(token)


VERBS = {
    "redeem": Verb(Authorization, redeem),
    "rotate": Verb(Authorization, rotate),
    "revoke": Verb(Authorization, revoke),
    "silent answer": Verb(Consent, answer_silently),
    "consent to more": Verb(Consent, agree_to_more),
    "consent to the same": Verb(Consent, agree_again),
    "consent denied": Verb(PendingRequest, deny),
    "consent given": Verb(PendingRequest, agree_to_more),
    "pushed": Verb(PendingRequest, answer_pushed),
    "adopt": Verb(refresh_token_model(), adopt),
}


def other(field: Any, row: Model) -> Any:
    """Another value than ``row`` has in ``field``."""
    value = getattr(row, field.attname)
    if field.primary_key:
        return -value
    if field.remote_field is not None:
        return other_row(field.remote_field.model).pk
    if isinstance(value, datetime) or field.get_internal_type() == "DateTimeField":
        return (value or timezone.now()) + timedelta(microseconds=1)
    if isinstance(value, UUID) or field.get_internal_type() == "UUIDField":
        return uuid4()
    if field.get_internal_type() == "JSONField":
        more = {"type": "other"} if "details" in field.name else "https://other.example"
        return [more] if isinstance(value, list) else {**(value or {}), "other": 1}
    # A string that fits, and is no reason's or decision's.
    return "other"


def other_row(model: Any) -> Any:
    if model is application_model():
        return ApplicationFactory()
    if model is get_user_model():
        return UserFactory()
    return model.objects.create(token=str(uuid4()), expires=timezone.now())


def test_each_column_decides_or_is_listed_with_its_reason() -> None:
    for model, reasons in INDIFFERENT.items():
        deciding = {field.name for field in deciding_fields(model)}
        assert not deciding & reasons.keys()
        key = model._meta.pk.name  # by which the row is compared in any case
        assert deciding | reasons.keys() | {key} == {field.name for field in model._meta.concrete_fields}
        assert all(len(reason) > 20 for reason in reasons.values())
    assert {verb.model for verb in VERBS.values()} == INDIFFERENT.keys()


def is_written_after(verb: Verb, field: Any) -> bool:
    """Is the first attempt of ``verb`` written although ``field`` of its row has changed since it was read?"""
    work = verb.prepare(signed_in(policy={}))
    row = verb.model.objects.latest("pk")
    rows = verb.model._base_manager.filter(pk=row.pk)
    with midway(lambda: rows.update(**{field.attname: other(field, row)})) as written:
        assert work().status_code < 500
    return written[0]


@both_forms
@pytest.mark.parametrize("name", VERBS)
def test_what_decides_is_read_anew_when_it_has_changed(form: str, name: str) -> None:
    verb = VERBS[name]
    fields = [field for field in verb.model._meta.concrete_fields if not field.generated]
    if name in {"rotate", "revoke"}:  # others refer to its key, which therefore cannot change
        fields = [field for field in fields if not field.primary_key]
    with committed(form):
        found = {field.name for field in fields if is_written_after(verb, field)}
    assert found == INDIFFERENT[verb.model].keys() & {field.name for field in fields}
