"""Literals of the languages that examples are written in: whatever a name or a scope holds, it stays a text there."""

import json
import re
import shlex
from collections.abc import Callable, Mapping

# What ends a string, or begins something in it, in Python, JavaScript, Kotlin or Swift; and what none of them shows.
SPECIAL = re.compile(r"[^\x20-\x7e]|[\"\\$<>&`]")
SHELL_BREAKS = re.compile(r"[\x00-\x1f\x7f]")


def python_literal(text: str) -> str:
    """Return ``text`` in double quotes. What is not ASCII stays readable where it can be shown."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(one if one.isprintable() else _python_escape(one) for one in escaped) + '"'


def javascript_literal(text: str) -> str:
    """Return ``text`` for a script, in a page as well: ``<`` and ``&`` are escaped (ECMA-262 §12.9.4)."""
    return re.sub(r"[<>&]", lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text))


def kotlin_literal(text: str) -> str:
    """Return ``text`` without templates: ``$`` would begin one."""
    return '"' + "".join(_in_utf16(one) if SPECIAL.match(one) else one for one in text) + '"'


def swift_literal(text: str) -> str:
    r"""Return ``text`` without interpolation: ``\(`` would begin one."""
    return '"' + "".join(rf"\u{{{ord(one):x}}}" if SPECIAL.match(one) else one for one in text) + '"'


def shell_literal(text: str) -> str:
    """Return ``text`` as one word of a POSIX shell. Raises ``ValueError`` for characters that would press a key."""
    if SHELL_BREAKS.search(text):
        raise ValueError("a control character cannot be pasted into a shell")
    return shlex.quote(text)


LITERALS: Mapping[str, Callable[[str], str]] = {
    "py": python_literal,
    "js": javascript_literal,
    "mjs": javascript_literal,
    "json": javascript_literal,
    "ts": javascript_literal,
    "kt": kotlin_literal,
    "swift": swift_literal,
    "sh": shell_literal,
}

# Expressions for a variable of the environment, which is no text of anybody's.
VARIABLES: Mapping[str, str] = {
    "py": 'os.environ["{name}"]',
    "js": "process.env.{name}",
    "mjs": "process.env.{name}",
}


def _python_escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _in_utf16(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
