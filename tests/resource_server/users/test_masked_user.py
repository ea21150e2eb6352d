"""The user of a token (RFC 9700 §2.3) has no power that a scope does not carry, and their row never learns of it."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AbstractUser, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import signals
from django.test.utils import isolate_apps

from oauth_provider.models import Consent
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.users.client_user import ClientUser
from oauth_provider.resource_server.users.masked_user import mask_user
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.resource_server.users.powers import COPIES, FLAGS, flags, is_untouched, row

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "2.3")]


@pytest.fixture
def chief():
    return UserFactory(is_staff=True, is_superuser=True, username="chief")


@pytest.fixture
def user(chief):
    return mask_user(chief, [])


# -- power ---------------------------------------------------------------------------------------------------


def test_the_flags_are_false_and_so_is_what_django_reads_off_them(user):
    assert flags(user) == [False, False]
    assert not user.has_perm("auth.change_user")
    assert not user.has_perms(["auth.change_user"])
    assert not user.has_module_perms("auth")
    assert user.get_all_permissions() == set()
    assert not ModelBackend().has_perm(user, "auth.change_user")


def test_async_code_reads_the_same(user):
    async def ask():
        return await user.ahas_perm("auth.change_user"), await user.ahas_module_perms("auth")

    assert async_to_sync(ask)() == (False, False)


def test_a_method_of_the_users_own_reads_the_same(user, monkeypatch):
    monkeypatch.setattr(User, "may_moderate", lambda self: self.is_staff, raising=False)
    assert not user.may_moderate()
    assert row(user).may_moderate()


def test_what_was_remembered_of_the_whole_user_is_forgotten(chief):
    assert chief.has_perm("auth.change_user")
    assert "auth.change_user" in chief.get_all_permissions()
    assert mask_user(chief, []).get_all_permissions() == set()


def test_the_user_that_was_given_keeps_their_power(chief, user):
    assert flags(chief) == [True, True]
    assert flags(user) == [False, False]
    assert flags(mask_user(user, [])) == [False, False]


@each(
    ("scope", "left"),
    [("", [False, False]), ("staff", [True, False]), ("root", [False, True]), ("root staff", [True, True])],
)
def test_a_scope_may_carry_a_flag(settings, chief, scope, left):
    settings.OAUTH_RESOURCE_SERVER = {"SCOPE_PERMISSIONS": {"staff": ["is_staff"], "root": ["is_superuser"]}}
    assert flags(mask_user(chief, scope.split())) == left
    assert mask_user(chief, scope.split()).has_perm("auth.change_user") == left[1]


def test_a_scope_gives_nobody_what_is_not_theirs(settings):
    settings.OAUTH_RESOURCE_SERVER = {"SCOPE_PERMISSIONS": {"root": [*FLAGS, "auth.change_user"]}}
    user = mask_user(UserFactory(), ["root"])
    assert flags(user) == [False, False]
    assert not user.has_perm("auth.change_user")


def test_a_project_may_mask_nothing(settings, chief):
    settings.OAUTH_RESOURCE_SERVER = {"PRIVILEGE_FLAGS": ()}
    assert mask_user(chief, []) is chief


@each("nobody", [None, ClientUser("service"), "ada", object()])
def test_what_is_no_row_is_left_alone(nobody):
    assert mask_user(nobody, []) is nobody


def test_who_has_no_power_is_left_alone():
    user = UserFactory()
    assert mask_user(user, []) is user


def test_a_flag_that_was_not_loaded_is_masked(chief):
    user = mask_user(User.objects.only("username").get(pk=chief.pk), [])
    assert flags(user) == [False, False]
    user.save(update_fields=["is_staff", "username"])
    assert is_untouched(user)


# -- a user like any other -----------------------------------------------------------------------------------


def test_a_masked_user_is_an_instance_of_its_model(chief, user):
    assert isinstance(user, User)
    assert user.__class__ is get_user_model()
    assert user == chief
    assert chief == user
    assert hash(user) == hash(chief)
    assert {chief: 1}[user] == 1
    assert (str(user), repr(user)) == (str(chief), repr(chief))


def test_a_masked_user_works_in_queries(chief, user):
    consent = Consent.objects.create(user=user, application=ApplicationFactory(), scopes={})
    assert list(Consent.objects.filter(user=user)) == list(user.oauth_consents.all()) == [consent]
    consent.user = user
    consent.save()
    assert Consent.objects.get(user__in=[user]).user == chief
    assert Permission.objects.filter(user=user).count() == 0
    assert ContentType.objects.get_for_model(user).model_class() is User


def test_receivers_of_the_model_are_told_of_what_is_done_to_it(user):
    heard = []

    def listen(sender, instance, **kwargs):
        heard.append((sender, instance))

    for signal in (signals.post_save, signals.post_delete):
        signal.connect(listen, sender=User)
    try:
        user.save()
        user.delete()
    finally:
        for signal in (signals.post_save, signals.post_delete):
            signal.disconnect(listen, sender=User)
    assert [sender for sender, _instance in heard] == [User, User]
    assert not User.objects.exists()


@each("clone", COPIES.values(), ids=COPIES)
def test_a_copy_is_masked_too(user, clone):
    twin = clone(user)
    assert (twin == user, flags(twin), twin.username) == (True, [False, False], "chief")
    twin.refresh_from_db()
    assert flags(twin) == [False, False]


def test_no_registry_learns_of_it(user):
    from django.apps import apps

    assert [model for model in apps.get_models() if issubclass(model, User)] == [User]
    assert type(user) is not User


# -- other models --------------------------------------------------------------------------------------------


@isolate_apps("tests")
def test_a_user_model_may_have_powers_of_its_own(settings):
    class Moderator(AbstractUser):
        is_moderator = models.BooleanField(default=False)
        groups = user_permissions = None

        @property
        def is_staff(self):
            return self.is_moderator

        class Meta:
            app_label = "tests"

    settings.OAUTH_RESOURCE_SERVER = {"PRIVILEGE_FLAGS": ["is_moderator"]}
    user = mask_user(Moderator(pk=1, is_moderator=True), [])
    assert (user.is_moderator, user.is_staff, user.unmasked().is_staff) == (False, False, True)
    settings.OAUTH_RESOURCE_SERVER = {}
    user = mask_user(Moderator(pk=1, is_moderator=True), [])
    assert (user.is_moderator, user.is_staff, user.unmasked().is_staff) == (True, False, True)


@isolate_apps("tests")
def test_a_user_model_may_have_none():
    class Plain(AbstractBaseUser):
        class Meta:
            app_label = "tests"

    user = Plain(pk=1)
    assert mask_user(user, []) is user


# -- settings ------------------------------------------------------------------------------------------------


@each(
    "options",
    [
        {"PRIVILEGE_FLAGS": "is_staff"},
        {"PRIVILEGE_FLAGS": [1]},
        {"PRIVILEGE_FLAGS": None},
        {"SCOPE_PERMISSIONS": ["auth.add_user"]},
        {"SCOPE_PERMISSIONS": {"a": "auth.add_user"}},
        {"SCOPE_PERMISSIONS": None},
    ],
)
def test_settings_that_cannot_be_used_are_found_and_open_nothing(settings, chief, options):
    settings.OAUTH_RESOURCE_SERVER = options
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    with pytest.raises(ImproperlyConfigured):
        mask_user(chief, ["a"])
