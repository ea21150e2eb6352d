"""Many rows deleted at once: by few statements, and nobody who listens is passed over."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models.signals import post_delete, pre_delete
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model, refresh_token_model
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.signals import authorization_revoked
from oauth_provider.sql.set_delete import is_deletable_as_set
from oauth_provider.sweeping.sweep import SWEEPS
from tests.driver import signed_in
from tests.each import each

pytestmark = pytest.mark.django_db
LONG_AGO = dt.timedelta(days=30)


@pytest.fixture
def driver():
    return signed_in()


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def end_everything():
    access_token_model().objects.update(expires=timezone.now() - LONG_AGO)
    Authorization.objects.update(expires_at=timezone.now() - LONG_AGO)


def sweep():
    return {one.name: sum(one.batches(timezone.now(), 1000)) for one in SWEEPS}


@each("is_single", [False, True])
@each("model", [access_token_model(), Authorization, get_user_model(), application_model()])
def test_deleting_costs_statements_for_a_batch_and_not_for_each_token(model, is_single):
    costs = []
    for number in (2, 12):
        driver = signed_in()
        for _ in range(number):
            driver.tokens()
        rows = model.objects.filter(pk__gt=0)
        costs.append(statements(rows.first().delete if is_single else rows.delete))
        assert access_token_model().objects.filter(expires__gt=timezone.now()).count() == (
            number - 1 if is_single and model in (access_token_model(), Authorization) else 0
        )
        get_user_model().objects.all().delete()
        application_model().objects.all().delete()
    assert costs[0] == costs[1]


def test_live_tokens_that_are_deleted_together_each_end_their_sign_in_once(driver):
    kept = driver.tokens()
    kept_row = access_token_model().objects.get()
    for _ in range(3):
        driver.tokens()
    told = []

    def listen(authorization, reason, **facts):
        told.append((authorization.pk, reason))

    authorization_revoked.connect(listen)
    try:
        access_token_model().objects.exclude(pk=kept_row.pk).delete()
    finally:
        authorization_revoked.disconnect(listen)
    ended = Authorization.objects.exclude(revoked_at=None)
    assert ended.count() == 3
    assert set(ended.values_list("revoked_reason", flat=True)) == {"token_deleted"}
    assert driver.refresh(kept["refresh_token"]).status_code == 200


def test_a_queryset_that_deletes_twice_ends_sign_ins_twice(driver):
    rows = access_token_model().objects.all()
    for _ in range(2):
        driver.tokens()
        rows.all().delete()
        rows.delete()
    assert not Authorization.objects.filter(revoked_at=None).exists()


def test_tokens_of_deleted_authorizations_end(driver):
    for _ in range(3):
        driver.tokens()
    first = Authorization.objects.first()
    Authorization.objects.exclude(pk=first.pk).delete()
    live = access_token_model().objects.filter(expires__gt=timezone.now())
    assert [row.oauth_binding.authorization_id for row in live] == [first.pk]


# -- the sweep ---------------------------------------------------------------------------------------------------


def test_a_sweep_costs_statements_for_a_batch_and_not_for_each_row(driver):
    sweep()
    costs = []
    for number in (2, 12):
        for _ in range(number):
            driver.tokens()
        end_everything()
        costs.append(statements(sweep))
        assert not Authorization.objects.exists()
        assert not TokenBinding.objects.exists()
    assert costs[0] == costs[1]


def test_the_sweep_goes_by_sets_unless_somebody_listens():
    for model in (access_token_model(), Authorization):
        assert is_deletable_as_set(model)

        def listen(**facts):
            pass

        for signal in (pre_delete, post_delete):
            signal.connect(listen, sender=model)
            assert not is_deletable_as_set(model)
            signal.disconnect(listen, sender=model)
            signal.connect(listen)
            assert not is_deletable_as_set(model)
            signal.disconnect(listen)
        assert is_deletable_as_set(model)


def test_by_sets_and_one_by_one_a_sweep_leaves_the_same_rows(driver):
    for _ in range(3):
        driver.tokens()
    end_everything()
    outlives = access_token_model().objects.latest("pk")  # its authorization goes, and so must it
    access_token_model().objects.filter(pk=outlives.pk).update(expires=timezone.now() + LONG_AGO)
    driver.tokens()
    left = []

    def listen(**facts):
        pass

    for is_heard in (False, True):
        with transaction.atomic():
            if is_heard:
                pre_delete.connect(listen)
            try:
                assert is_deletable_as_set(Authorization) is not is_heard
                sweep()
            finally:
                pre_delete.disconnect(listen)
            live = access_token_model().objects.filter(expires__gt=timezone.now())
            rows = (live, access_token_model().objects, TokenBinding.objects, Authorization.objects)
            left.append([sorted(one.values_list("pk", flat=True)) for one in rows])
            transaction.set_rollback(True)
    assert left[0] == left[1]
    assert [len(keys) for keys in left[0]] == [1, 2, 1, 1]


@each("model", [Authorization, TokenBinding, None])
def test_a_project_that_listens_is_told_of_every_row_the_sweep_deletes(driver, model):
    for _ in range(3):
        driver.tokens()
    end_everything()
    told = []

    def listen(instance, **facts):
        told.append(type(instance))

    model = model or access_token_model()
    pre_delete.connect(listen, sender=model)
    try:
        sweep()
    finally:
        pre_delete.disconnect(listen, sender=model)
    assert told == [model] * 3
    assert not Authorization.objects.exists()


def test_what_hangs_on_a_swept_token_is_let_go_or_goes_with_it(driver):
    tokens = driver.tokens()
    row = access_token_model().objects.get()
    refresh = refresh_token_model().objects.create(
        user=row.user, application=driver.application, token="dot", access_token=row, revoked=timezone.now()
    )
    access_token_model().objects.update(expires=timezone.now() - LONG_AGO)
    sweep()
    refresh.refresh_from_db()
    assert refresh.access_token_id is None
    assert not TokenBinding.objects.exists()
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


# -- marks -------------------------------------------------------------------------------------------------------


def test_answers_of_days_ago_are_blanked_however_long_no_sweep_ran(driver):
    held = []
    for days in (20, 3, 1, 0):
        tokens = driver.tokens()
        driver.refresh(tokens["refresh_token"])
        held.append(Authorization.objects.latest("pk").pk)
        Authorization.objects.filter(pk=held[-1]).update(rotated_at=timezone.now() - dt.timedelta(days=days, hours=1))
    assert sweep()["sealed answers"] == 4


def test_a_later_run_blanks_what_was_sealed_since_the_last(driver):
    assert sweep()["sealed answers"] == 0
    driver.refresh(driver.tokens()["refresh_token"])
    assert sweep()["sealed answers"] == 0  # its window is open
    Authorization.objects.update(rotated_at=timezone.now() - dt.timedelta(minutes=2))
    assert sweep()["sealed answers"] == 1
    assert sweep()["sealed answers"] == 0
