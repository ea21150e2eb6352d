"""Sphinx extension: colours for ``console`` blocks, whose lines are commands unless there is a prompt somewhere."""

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.lexers.shell import BashLexer, BashSessionLexer


class ConsoleLexer(Lexer):
    """Commands alone are Bash; with ``$`` before some of them, the other lines are what they print."""

    name = "Console"
    aliases = ("console",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Yield the tokens of the lexer that the block is for."""
        has_prompt = any(line.startswith("$ ") for line in text.splitlines())
        lexer = BashSessionLexer() if has_prompt else BashLexer()
        yield from lexer.get_tokens_unprocessed(text)


def setup(app: Any) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.add_lexer("console", ConsoleLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
