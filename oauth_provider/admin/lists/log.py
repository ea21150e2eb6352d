"""Django's admin log: who did what to which row."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest

from oauth_provider.resource_server.users.session_user import session_user


def log(request: HttpRequest, rows: Iterable[Any], message: str, *, flag: int = CHANGE) -> None:
    """Write one log entry for each of ``rows``."""
    entries: Any = LogEntry.objects
    entries.log_actions(user_id=session_user(request).pk, queryset=list(rows), action_flag=flag, change_message=message)
