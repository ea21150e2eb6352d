"""Many keys in a condition: the same rows by one parameter as by one for each key."""

import pytest
from django.db import connection
from django.db.models import F

from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.sql.sweep import AnyOf
from tests.driver import signed_in
from tests.each import each

pytestmark = pytest.mark.django_db

COLUMNS = [
    (Authorization, "pk"),
    (Authorization, "public_id"),
    (Authorization, "code_digest"),
    (TokenBinding, "pk"),
    (TokenBinding, "authorization"),
    (TokenBinding, "authorization__user"),
]


@each("number", [0, 1, 2])
@each(("model", "column"), COLUMNS)
def test_any_of_finds_the_rows_that_in_finds(model, column, number):
    for _ in range(3):
        signed_in().tokens()
    keys = list(model.objects.order_by("pk").values_list(column, flat=True)[:number])
    found = model.objects.filter(AnyOf(F(column), keys))
    assert found.count() == number
    assert set(found) == set(model.objects.filter(**{f"{column}__in": keys}))
    assert set(model.objects.exclude(AnyOf(F(column), keys))) == set(model.objects.exclude(**{f"{column}__in": keys}))


@pytest.mark.postgres
@each(("model", "column"), COLUMNS)
def test_any_number_of_keys_is_one_parameter(model, column):
    signed_in().tokens()
    keys = list(model.objects.values_list(column, flat=True)) * 9
    _sql, parameters = model.objects.filter(AnyOf(F(column), keys)).query.get_compiler(connection=connection).as_sql()
    assert len(parameters) == 1
