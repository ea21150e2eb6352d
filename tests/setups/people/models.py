"""User models that are nothing like Django's own."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Person(AbstractBaseUser):
    """A UUID for a key, an address for a name, and no column ``is_active``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)

    objects: ClassVar[BaseUserManager["Person"]] = BaseUserManager()
    USERNAME_FIELD = "email"


class Member(AbstractBaseUser):
    """Text for a key."""

    number = models.CharField(primary_key=True, max_length=20)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[BaseUserManager["Member"]] = BaseUserManager()
    USERNAME_FIELD = "number"
