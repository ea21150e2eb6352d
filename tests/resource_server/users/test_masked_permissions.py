"""The permissions of a token's user (RFC 9700 §2.3): those of the token's scopes that are the user's own."""

import copy
import pickle

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission

from oauth_provider.resource_server.users.masked_user import mask_user
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "2.3")]

COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda user: pickle.loads(pickle.dumps(user))}


@pytest.fixture
def chief():
    return UserFactory(is_staff=True, is_superuser=True, username="chief")


@pytest.fixture
def editor(settings):
    settings.OAUTH_RESOURCE_SERVER = {"SCOPE_PERMISSIONS": {"users:write": ["auth.change_user", "auth.add_user"]}}
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "delete_user"]))
    return user


@pytest.mark.parametrize(("scopes", "left"), [(["users:write"], {"auth.change_user"}), ([], set()), (["other"], set())])
def test_a_token_carries_the_permissions_of_its_scopes_that_are_the_users_own(editor, scopes, left):
    user = mask_user(editor, scopes)
    every = ("auth.change_user", "auth.add_user", "auth.delete_user", "auth.view_user")
    assert {name for name in every if user.has_perm(name)} == left
    assert user.get_all_permissions() == user.get_user_permissions() == left
    assert user.get_group_permissions() == set()
    assert user.has_module_perms("auth") == bool(left)
    assert not user.has_module_perms("aut")
    assert user.has_perms(["auth.change_user"]) == bool(left)
    assert not user.has_perms(["auth.change_user", "auth.delete_user"])


def test_async_code_is_told_the_same(editor):
    async def ask(user):
        return (
            await user.ahas_perm("auth.change_user"),
            await user.ahas_module_perms("auth"),
            await user.aget_all_permissions(),
            await user.ahas_perm("auth.delete_user"),
            await user.ahas_module_perms("aut"),
        )

    assert async_to_sync(ask)(mask_user(editor, ["users:write"])) == (True, True, {"auth.change_user"}, False, False)
    assert async_to_sync(ask)(mask_user(editor, [])) == (False, False, set(), False, False)


def test_a_superuser_has_what_the_scope_carries_and_no_more(editor, chief):
    user = mask_user(chief, ["users:write"])
    assert (user.has_perm("auth.add_user"), user.has_perm("auth.delete_user"), user.is_superuser) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("clone", COPIES.values(), ids=COPIES)
def test_a_copy_carries_no_more(editor, clone):
    user = clone(mask_user(editor, ["users:write"]))
    assert (user.has_perm("auth.change_user"), user.has_perm("auth.delete_user")) == (True, False)


def test_without_a_mapping_a_person_keeps_their_own_permissions():
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename="change_user"))
    assert mask_user(user, []).has_perm("auth.change_user")


class OwnersBackend(ModelBackend):
    """Gives everybody two permissions on what is called mine, and none on anything else."""

    def get_user_permissions(self, user_obj, obj=None):
        return {"auth.change_user", "auth.delete_user"} if obj == "mine" else set()

    get_group_permissions = get_all_permissions = get_user_permissions

    async def aget_user_permissions(self, user_obj, obj=None):
        return self.get_user_permissions(user_obj, obj)

    aget_group_permissions = aget_all_permissions = aget_user_permissions

    def has_perm(self, user_obj, perm, obj=None):
        return perm in self.get_user_permissions(user_obj, obj)

    async def ahas_perm(self, user_obj, perm, obj=None):
        return self.has_perm(user_obj, perm, obj)


@pytest.fixture
def owner(settings, editor):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.OwnersBackend"]
    return mask_user(editor, ["users:write"])


LISTS = ("get_user_permissions", "get_group_permissions", "get_all_permissions")


def test_a_permission_on_one_object_is_none_on_another_or_on_all(owner):
    for obj, left in (("mine", {"auth.change_user"}), ("theirs", set()), (None, set())):
        assert owner.has_perm("auth.change_user", obj) == bool(left)
        assert not owner.has_perm("auth.delete_user", obj)
        assert [getattr(owner, name)(obj) for name in LISTS] == [left] * 3


def test_async_code_is_told_the_same_of_one_object(owner):
    async def ask(obj):
        names = [f"a{name}" for name in LISTS]
        return (
            await owner.ahas_perm("auth.change_user", obj),
            await owner.ahas_perm("auth.delete_user", obj),
            [await getattr(owner, name)(obj) for name in names],
        )

    assert async_to_sync(ask)("mine") == (True, False, [{"auth.change_user"}] * 3)
    for obj in ("theirs", None):
        assert async_to_sync(ask)(obj) == (False, False, [set()] * 3)
