"""A fused statement stores what ``Model.save`` and ``QuerySet.update`` store, and waits for those who hold rows."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Model
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, Consent, TokenBinding
from oauth_provider.sql import statement
from oauth_provider.sql.commit import can_write_at_once, commit
from oauth_provider.sql.model import has_receivers, ignores_new_rows, is_plain
from oauth_provider.sql.outcome import Add, Change, Hold, Outcome
from tests.commits import needs_statement
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    needs_statement,
]

MOMENT = datetime(2031, 2, 3, 4, 5, 6, 789012, UTC)
CNF = {"jkt": "key", "nested": [1, 2.5, None, True, {"ü": "ß"}]}
CHANGES = {"expires_at": MOMENT, "acr": "%s ' ü", "cnf": CNF, "rotated_at": None, "amr": ["pwd"], "nonce": ""}


@pytest.fixture
def authorization() -> Authorization:
    return Authorization.objects.create(
        application=ApplicationFactory(), user=UserFactory(), grant_type="authorization_code", expires_at=MOMENT
    )


def token(name: str, **columns: Any) -> Any:
    given = {"token": "", "token_checksum": name, "expires": MOMENT, "scope": "notes:read ü %s"}
    return access_token_model()(**(given | columns))


def stored(row: Model, *besides: str) -> dict[str, Any]:
    """Every column as the database has it, but for its key and what is new in each row."""
    again = type(row)._base_manager.get(pk=row.pk)
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in {"id", *besides}]
    return {name: getattr(again, name) for name in names}


def write(*writes: Any) -> bool:
    assert can_write_at_once(writes, "default")
    return commit(Outcome(None, writes), using="default")


@pytest.mark.parametrize("resource", [[], ["https://api.example/ü"]])
def test_a_new_row_is_as_save_makes_it(resource: list[str]) -> None:
    columns = {"application": ApplicationFactory(), "user": UserFactory(), "resource": resource}
    ours, theirs = token("ours", **columns), token("theirs", **columns)
    assert write(Add(ours))
    theirs.save(force_insert=True)
    fresh = ("token_checksum", "created", "updated")
    assert stored(ours, *fresh) == stored(theirs, *fresh)
    assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db) == (False, "default")
    assert abs((ours.created - theirs.created).total_seconds()) < 60


@pytest.mark.parametrize("cnf", [None, CNF])
def test_a_row_whose_key_is_anothers_is_as_save_makes_it(authorization: Authorization, cnf: Any) -> None:
    ours, theirs = token("ours"), token("theirs")
    theirs.save()
    assert write(Add(ours), Add(TokenBinding(access_token=ours, authorization=authorization, cnf=cnf)))
    TokenBinding(access_token=theirs, authorization=authorization, cnf=cnf).save(force_insert=True)
    one, other = (TokenBinding.objects.get(pk=row.pk) for row in (ours, theirs))
    assert stored(one, "access_token_id") == stored(other, "access_token_id")


def test_the_named_columns_are_changed_and_no_others(authorization: Authorization) -> None:
    other = Authorization.objects.create(
        application=authorization.application, user=authorization.user, grant_type="x", expires_at=MOMENT
    )
    before = stored(authorization), stored(other)
    authorization.acr = "not named"
    assert write(Change(authorization, {name: value for name, value in CHANGES.items() if name != "acr"}))
    assert stored(authorization) == before[0] | {name: value for name, value in CHANGES.items() if name != "acr"}
    assert stored(other) == before[1]
    assert write(Change(authorization, CHANGES))
    assert stored(authorization) == before[0] | CHANGES


@pytest.mark.parametrize("number", [1, 2])
def test_it_is_one_statement_whose_text_is_made_once(authorization: Authorization, number: int) -> None:
    consent = Consent.objects.create(user=authorization.user, application=authorization.application)
    relied_on = [Change(authorization, {"acr": "a"}), Hold(consent)][:number]
    statement._statement.cache_clear()
    texts = []
    for name in ("first", "second"):
        with CaptureQueriesContext(connection) as captured:
            assert write(*relied_on, Add(token(name)))
        texts.append([query["sql"].split("(", 1)[0] for query in captured.captured_queries])
    assert texts == [["WITH step0 " if number == 1 else "WITH held0 "]] * 2
    assert statement._statement.cache_info().misses == 1


def test_a_row_that_is_there_already_is_not_overwritten(authorization: Authorization) -> None:
    assert write(Add(token("ours")))
    with pytest.raises(IntegrityError):
        write(Change(authorization, {"acr": "changed"}), Add(token("ours")))
    assert stored(authorization)["acr"] == ""


def test_a_row_that_is_gone_is_not_written(authorization: Authorization) -> None:
    Authorization.objects.all().delete()
    assert not write(Change(authorization, {"acr": "changed"}))


# -- where somebody is to be told ----------------------------------------------------------------------------


def test_a_model_that_saves_itself_is_left_to_it(authorization: Authorization) -> None:
    """A project's own AccessToken may well."""
    saved: list[Any] = []
    try:
        with patch.object(Authorization, "save", lambda self, **how: saved.append(how)):
            is_plain.cache_clear()
            assert commit(Outcome(None, (Add(authorization),)), using="default")
    finally:
        is_plain.cache_clear()
    assert saved == [{"using": "default", "force_insert": True}]


def test_receivers_that_ignore_new_rows_are_no_reason() -> None:
    @ignores_new_rows
    def ignore(**facts: Any) -> None:
        raise AssertionError

    def listen(**facts: Any) -> None: ...

    for receiver, is_heard in ((ignore, False), (listen, True)):
        post_save.connect(receiver, sender=TokenBinding)
        try:
            assert has_receivers(TokenBinding) is is_heard
            assert can_write_at_once([Add(TokenBinding())], "default") is not is_heard
        finally:
            post_save.disconnect(receiver, sender=TokenBinding)


# -- rows that others hold -----------------------------------------------------------------------------------


def while_held(change: Callable[[], object], work: Callable[[], bool]) -> bool:
    """What ``work`` returned, which began after ``change`` and before that was committed."""
    found: list[bool] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connections.close_all()

    waiting = threading.Thread(target=run)
    with transaction.atomic():
        change()
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(10)
    return found[0]


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(("columns", "is_written"), [({"shown": "other"}, False), ({"updated_at": MOMENT}, True)])
def test_a_row_that_is_held_is_waited_for_and_looked_at_anew(
    authorization: Authorization, place: int, columns: dict[str, Any], is_written: bool
) -> None:
    Consent.objects.create(user=authorization.user, application=authorization.application)
    consent = Consent.objects.get()
    writes = [Change(authorization, {"acr": "written"})]
    writes.insert(place, Change(consent, {"scopes": {"written": ""}}))
    assert while_held(lambda: Consent.objects.update(**columns), lambda: write(*writes, Add(token("t")))) is is_written
    assert (Consent.objects.get().scopes == {"written": ""}) is is_written
    assert (Authorization.objects.get().acr == "written") is is_written
    assert access_token_model().objects.exists() is is_written


@pytest.mark.parametrize("change", [lambda: Consent.objects.all().delete(), lambda: Consent.objects.update(shown="x")])
def test_a_row_that_is_relied_on_is_waited_for(authorization: Authorization, change: Callable[[], object]) -> None:
    Consent.objects.create(user=authorization.user, application=authorization.application)
    consent = Consent.objects.get()
    assert not while_held(change, lambda: write(Hold(consent), Add(token("t"))))
    assert not access_token_model().objects.exists()
