"""Commits of several rows: none is written, or held on to, if any of them is not as it was read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from oauth_provider.models import Authorization, Consent, PendingRequest, TokenBinding
from oauth_provider.sql.commit import commit
from oauth_provider.sql.outcome import Add, Change, Hold, Outcome
from tests import ledger
from tests.commits import both_forms, committed, midway
from tests.driver import query_of, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), both_forms]

OTHER = {"entries": {"client": "other", "scopes": {}, "details": {}}}


@pytest.fixture
def rows() -> tuple[Any, ...]:
    """An authorization, a consent and a pending request, as they were read."""
    columns = {"application": ApplicationFactory(), "user": UserFactory()}
    Authorization.objects.create(**columns, grant_type="x", expires_at=timezone.now())
    Consent.objects.create(**columns, entries=None, shown="")
    PendingRequest.objects.create(**columns, handle_digest="h", expires_at=timezone.now())
    return Authorization.objects.get(), Consent.objects.get(), PendingRequest.objects.get()


def new_row(row: Authorization) -> Authorization:
    return Authorization(application=row.application, user=row.user, grant_type="new", expires_at=row.expires_at)


@pytest.mark.parametrize("stale", [Authorization, Consent, PendingRequest])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)], ids=str)
@pytest.mark.parametrize("held", [Authorization, Consent, None])
def test_one_row_that_changed_leaves_the_others_as_they_are(
    rows: tuple[Any, ...], stale: Any, order: tuple[int, ...], held: Any, form: str
) -> None:
    values: dict[Any, dict[str, Any]] = {
        Authorization: {"acr": "written"},
        Consent: {"shown": "written"},
        PendingRequest: {"decision": "written"},
    }
    given = [rows[place] for place in order]
    writes = [Hold(row) if type(row) is held else Change(row, values[type(row)]) for row in given]
    stale.objects.update(application=ApplicationFactory())
    with committed(form):
        with ledger.unchanged():
            assert not commit(Outcome(None, (*writes, Add(new_row(rows[0])))), using="default")
        again = [type(row).objects.get(pk=row.pk) for row in given]
        writes = [Hold(row) if type(row) is held else Change(row, values[type(row)]) for row in again]
        assert commit(Outcome(None, (*writes, Add(new_row(rows[0])))), using="default")
    assert Authorization.objects.filter(grant_type="new").count() == 1
    for model, (name, value) in ((model, *columns.items()) for model, columns in values.items()):
        assert model.objects.filter(**{name: value}).exists() is (model is not held)


def test_a_row_that_cannot_be_added_leaves_the_others_as_they_are(rows: tuple[Any, ...], form: str) -> None:
    authorization, consent, _pending = rows
    twice = Consent(application=consent.application, user=consent.user)
    writes = (Change(authorization, {"acr": "written"}), Add(new_row(authorization)), Add(twice))
    with committed(form), ledger.unchanged(), pytest.raises(IntegrityError):
        commit(Outcome(None, writes), using="default")


def test_a_new_row_hangs_on_one_that_was_added_before_it(rows: tuple[Any, ...], form: str) -> None:
    authorization = new_row(rows[0])
    token = TokenBinding._meta.get_field("access_token").related_model(
        token="", token_checksum="c", expires=timezone.now()
    )
    binding = TokenBinding(access_token=token, authorization=authorization, cnf={"jkt": "key"})
    with committed(form):
        assert commit(Outcome(None, (Add(authorization), Add(token), Add(binding))), using="default")
    stored = TokenBinding.objects.get()
    assert (stored.access_token, stored.authorization, stored.cnf) == (token, authorization, {"jkt": "key"})
    assert (binding.pk, binding.authorization_id, binding._state.adding) == (stored.pk, authorization.pk, False)
    assert authorization.pk not in {None, rows[0].pk}


CHANGES: dict[str, Callable[[], object]] = {
    "the consent": lambda: Consent.objects.update(**OTHER),
    "the consent is withdrawn": lambda: Consent.objects.all().delete(),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("is_pushed", [False, True])
def test_a_page_whose_consent_changed_is_answered_once_with_a_good_code(form: str, name: str, is_pushed: bool) -> None:
    driver = signed_in(policy={})
    driver.code(scope="notes:read")
    page = str((driver.open(driver.push().json()["request_uri"]) if is_pushed else driver.authorize())["Location"])
    with committed(form), midway(CHANGES[name]) as written:
        response = driver.decide(page)
    assert written == [False, True]
    assert driver.redeem(query_of(response["Location"])["code"]).status_code == 200
    assert Authorization.objects.count() == 2


def test_of_two_pages_about_one_pushed_request_one_is_answered(form: str) -> None:
    driver = signed_in(policy={})
    request_uri = driver.push().json()["request_uri"]
    pages = [driver.open(request_uri)["Location"] for _ in range(2)]

    def decide_the_other() -> None:
        assert "code=" in driver.decide(pages[1])["Location"]

    with committed(form), midway(decide_the_other):
        assert driver.decide(pages[0]).status_code == 400
    assert Authorization.objects.count() == 1
    assert PendingRequest.objects.filter(decided_at=None).count() == 1
