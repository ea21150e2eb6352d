"""What a check says, in short."""

from typing import Any


def said(check: Any, **kwargs: Any) -> list[str]:
    """Return the numbers of what a check says. Every message has a hint."""
    messages = check(None, **kwargs)
    assert all(message.hint and message.msg for message in messages)
    return [message.id.removeprefix("oauth_provider.") for message in messages]
