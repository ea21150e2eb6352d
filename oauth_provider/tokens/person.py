"""Names of a person (OpenID Connect Core §5.1): always text, whatever type a project's user model gives them."""

from typing import Any


def username_of(user: Any) -> str:
    """Return what the person signs in with: a UUID or a phone number, in some projects."""
    return str(user.get_username())


def email_of(user: Any) -> str:
    """The email address, in the field that the user model says it is in; empty where there is none."""
    name = user.get_email_field_name() if hasattr(user, "get_email_field_name") else "email"
    return text_of(user, name)


def text_of(user: Any, name: str) -> str:
    """The value of the field ``name``; empty where there is no such field, or nothing in it."""
    value = getattr(user, name, None)
    return "" if value is None else str(value)
