"""Django's log of the admin: who did what to which row."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest


def log(request: HttpRequest, rows: Iterable[Any], message: str, *, flag: int = CHANGE) -> None:
    """One entry for each row."""
    entries: Any = LogEntry.objects
    entries.log_actions(user_id=request.user.pk, queryset=list(rows), action_flag=flag, change_message=message)
