"""A compiled save stores what ``Model.save`` stores, and tells whom it tells."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from oauth_provider.models.compiled_save import insert, is_plain, update

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.protocol.digest import digest
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db

MOMENT = datetime(2031, 2, 3, 4, 5, 6, 789012, UTC)
CNF = {"jkt": "key", "nested": [1, 2.5, None, True, {"ü": "ß"}]}
CHANGES = {"expires_at": MOMENT, "acr": "%s ' ü", "cnf": CNF, "rotated_at": None, "amr": ["pwd"], "nonce": ""}
Saved = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def authorization() -> Authorization:
    return Authorization.objects.create(
        application=ApplicationFactory(), user=UserFactory(), grant_type="authorization_code", expires_at=MOMENT
    )


def token(name: str, **columns: Any) -> Any:
    given = {"token": "", "token_checksum": digest(name), "expires": MOMENT, "scope": "notes:read ü %s"}
    return access_token_model()(**(given | columns))


def stored(row: Model, *besides: str) -> dict[str, Any]:
    """Every column as the database has it, but for its key and what is new in each row."""
    again = type(row)._base_manager.get(pk=row.pk)
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in {"id", *besides}]
    return {name: getattr(again, name) for name in names}


def told(work: Callable[[], None], model: type[Model]) -> Saved:
    """The signals that ``work`` sends of ``model``."""
    sent: Saved = []

    def receive(signal: Any, instance: Any, **facts: Any) -> None:
        sent.append(("before" if signal is pre_save else "after", facts | {"pk": instance.pk is not None}))

    for signal in (pre_save, post_save):
        signal.connect(receive, sender=model)
    try:
        work()
    finally:
        for signal in (pre_save, post_save):
            signal.disconnect(receive, sender=model)
    return sent


@pytest.mark.parametrize("resource", [[], ["https://api.example/ü"]])
def test_a_new_row_is_as_save_makes_it(resource: list[str]) -> None:
    columns = {"application": ApplicationFactory(), "user": UserFactory(), "resource": resource}
    ours, theirs = token("ours", **columns), token("theirs", **columns)
    insert(ours, using="default")
    theirs.save(force_insert=True)
    fresh = ("token_checksum", "created", "updated")
    assert stored(ours, *fresh) == stored(theirs, *fresh)
    assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db) == (False, "default")
    assert abs((ours.created - theirs.created).total_seconds()) < 60


@pytest.mark.parametrize("cnf", [None, CNF])
def test_a_row_whose_key_is_anothers_is_as_save_makes_it(authorization: Authorization, cnf: Any) -> None:
    ours, theirs = token("ours"), token("theirs")
    for row in (ours, theirs):
        row.save()
    insert(TokenBinding(access_token=ours, authorization=authorization, cnf=cnf), using="default")
    TokenBinding(access_token=theirs, authorization=authorization, cnf=cnf).save(force_insert=True)
    one, other = (TokenBinding.objects.get(pk=row.pk) for row in (ours, theirs))
    assert stored(one, "access_token_id") == stored(other, "access_token_id")


def test_the_named_columns_are_changed_and_no_others(authorization: Authorization) -> None:
    before = stored(authorization)
    for name, value in {**CHANGES, "scope": "not named"}.items():
        setattr(authorization, name, value)
    update(authorization, tuple(CHANGES), using="default")
    assert stored(authorization) == before | CHANGES


def test_another_row_stays_as_it_is(authorization: Authorization) -> None:
    other = Authorization.objects.create(
        application=authorization.application, user=authorization.user, grant_type="x", expires_at=MOMENT
    )
    before = stored(other)
    authorization.acr = "changed"
    update(authorization, ("acr",), using="default")
    assert stored(other) == before


def test_receivers_are_told_what_save_tells_them(authorization: Authorization) -> None:
    model = access_token_model()
    assert told(lambda: insert(token("ours"), using="default"), model) == told(
        lambda: token("theirs").save(using="default", force_insert=True), model
    )
    assert told(lambda: update(authorization, ("acr",), using="default"), Authorization) == told(
        lambda: authorization.save(using="default", update_fields=("acr",)), Authorization
    )


def test_it_is_one_statement_that_is_counted_and_logged(authorization: Authorization) -> None:
    with CaptureQueriesContext(connection) as captured:
        insert(token("ours"), using="default")
        update(authorization, ("acr",), using="default")
    assert [query["sql"].split()[0] for query in captured.captured_queries] == ["INSERT", "UPDATE"]


def test_a_row_that_is_there_already_is_not_overwritten() -> None:
    insert(token("ours"), using="default")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(token("ours"), using="default")


def test_a_row_that_is_gone_is_not_updated(authorization: Authorization) -> None:
    Authorization.objects.filter(pk=authorization.pk).delete()
    with pytest.raises(DatabaseError, match="gone"):
        update(authorization, ("acr",), using="default")


def test_a_model_that_saves_itself_is_left_to_it(authorization: Authorization) -> None:
    """A project's own AccessToken may well."""
    saved: list[Any] = []
    try:
        with patch.object(Authorization, "save", lambda self, **how: saved.append(how)):
            is_plain.cache_clear()
            insert(authorization, using="default")
            update(authorization, ("acr",), using="default")
    finally:
        is_plain.cache_clear()
    assert saved == [{"using": "default", "force_insert": True}, {"using": "default", "update_fields": ("acr",)}]
