"""What the reference is made of: each name that a page may ask for, with the function that writes its Markdown."""

from collections.abc import Callable

SECTIONS: dict[str, Callable[[], str]] = {}
