"""Vouchers: somebody signed in hands one to a machine, which trades it for access to their notes, once."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Voucher(models.Model):
    """A voucher, found by the digest of its text. ``spent_at`` is when it was traded."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    scope = models.TextField()
    spent_at = models.DateTimeField(null=True)

    # The columns that the grant looks at: a commit is made only while they are as they were read.
    DECIDING: ClassVar[tuple[str, ...]] = ("user", "scope", "spent_at")

    def __str__(self) -> str:
        return f"voucher {self.pk}"
