"""The powers of a user and of their row: those that are masked."""

import copy
import pickle

from django.contrib.auth.models import User

FLAGS = ("is_staff", "is_superuser")
COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda user: pickle.loads(pickle.dumps(user))}


def flags(user):
    return [getattr(user, flag) for flag in FLAGS]


def row(user):
    return User.objects.get(pk=user.pk)


def is_untouched(user):
    return flags(user) == [False, False] and flags(row(user)) == [True, True]
