"""Rules about who may grant which scope of the notes, named in ``grantable_by`` of the settings."""

from typing import Any


def is_staff(user: Any, scope: str) -> bool:
    """Return whether ``user`` may let an app read what is everybody's."""
    return bool(user.is_staff)
