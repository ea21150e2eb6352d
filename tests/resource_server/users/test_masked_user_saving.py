"""Saving the user of a token (RFC 9700 §2.3): what is masked is neither written nor lost."""

import pytest
from django.contrib.auth.models import User

from oauth_provider.resource_server.users.masked_user import mask_user
from tests.each import each
from tests.factories import UserFactory
from tests.resource_server.users.powers import COPIES, FLAGS, flags, is_untouched, row

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "2.3")]


@pytest.fixture
def chief():
    return UserFactory(is_staff=True, is_superuser=True, username="chief")


@pytest.fixture
def user(chief):
    return mask_user(chief, [])


SAVES = {
    "all": lambda user: user.save(),
    "by update": lambda user: user.save(force_update=True),
    "some": lambda user: user.save(update_fields=["first_name"]),
    "a flag among some": lambda user: user.save(update_fields=["first_name", "is_staff"]),
    "the flags alone": lambda user: user.save(update_fields=FLAGS),
    "the password": lambda user: (user.set_password("x"), user.save()),
    "after validation": lambda user: (user.full_clean(), user.save()),
    "after a refresh": lambda user: (user.refresh_from_db(), user.save()),
    "after a refresh of the flags": lambda user: (user.refresh_from_db(fields=[*FLAGS, "email"]), user.save()),
    "after a refresh of the flags alone": lambda user: (user.refresh_from_db(fields=FLAGS), user.save()),
    "in bulk": lambda user: User.objects.bulk_update([user], ["first_name"]),
    **{f"a {name}": lambda user, clone=clone: clone(user).save() for name, clone in COPIES.items()},
}


@each("save", SAVES.values(), ids=SAVES)
def test_saving_leaves_the_rows_flags_as_they_were(user, save):
    save(user)
    assert is_untouched(user)


def test_what_is_not_masked_is_read_anew(user):
    User.objects.filter(pk=user.pk).update(email="new@example.com", first_name="New")
    user.refresh_from_db(fields=FLAGS)
    assert user.email != "new@example.com"
    user.refresh_from_db(fields=[*FLAGS, "email"])
    assert (user.email, user.first_name, flags(user)) == ("new@example.com", "", [False, False])
    user.refresh_from_db()
    assert (user.first_name, flags(user)) == ("New", [False, False])


def test_what_is_not_masked_is_saved(user):
    user.first_name = "Ada"
    user.save()
    assert row(user).first_name == "Ada"
    assert is_untouched(user)


REFUSED = {
    "a bulk update of a flag": lambda user: User.objects.bulk_update([user], ["is_staff"]),
    "a bulk insert": lambda user: User.objects.bulk_create(
        [user], update_conflicts=True, unique_fields=["id"], update_fields=["is_staff"]
    ),
    "an insert": lambda user: user.save(force_insert=True),
    "another database": lambda user: user.save(using="other"),
    "a raw save": lambda user: user.save_base(raw=True),
}


@each("write", REFUSED.values(), ids=REFUSED)
def test_what_would_write_the_masked_values_is_refused(user, write):
    with pytest.raises(ValueError, match="user of an access token"):
        write(user)
    assert is_untouched(user)


@each("flag", FLAGS)
@each("value", [True, False])
def test_a_flag_cannot_be_assigned(user, flag, value):
    with pytest.raises(AttributeError, match="masked"):
        setattr(user, flag, value)
    assert is_untouched(user)
