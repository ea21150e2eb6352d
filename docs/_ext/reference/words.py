"""Words of docstrings and messages as Markdown."""

import re


def markdown(text: str) -> str:
    """Return the text of a docstring as Markdown that may stand in the cell of a table."""
    return re.sub(r"\s+", " ", text).strip().replace("``", "`").replace("|", "\\|")


def escape(text: str) -> str:
    """Return text that is no Markdown, such as a message, as Markdown."""
    return re.sub(r"([*_<`|\[\]])", r"\\\1", re.sub(r"\s+", " ", text).strip())


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table; cells are Markdown already."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
