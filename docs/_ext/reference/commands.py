"""The reference of the management commands, from their parsers."""

import argparse
from pathlib import Path

from django.core.management import load_command_class
from django.core.management.base import BaseCommand

import oauth_provider
from docs._ext.reference import words

FOLDER = Path(oauth_provider.__file__).parent / "management" / "commands"
# Django's own, which every command has.
GENERAL = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}


def section() -> str:
    """Return a section for each command."""
    names = sorted(path.stem for path in FOLDER.glob("oauth_*.py"))
    return "\n\n".join(_command(name, load_command_class("oauth_provider", name)) for name in names)


def _command(name: str, command: BaseCommand) -> str:
    parser = command.create_parser("manage.py", name)
    parts = [f"## {name}", words.markdown(str(command.help)), _usage(parser, name), _options(parser)]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            about = {one.dest: one.help or "" for one in action._choices_actions}
            for verb, inner in action.choices.items():
                parts += [f"### {name} {verb}", words.markdown(about.get(verb, "")), _options(inner)]
    return "\n\n".join(part for part in parts if part)


def _usage(parser: argparse.ArgumentParser, name: str) -> str:
    shown = [action for action in parser._actions if action.dest not in GENERAL]
    formatter = parser._get_formatter()
    formatter.add_usage(None, shown, [], prefix="")
    return f"```text\n{formatter.format_help().strip()}\n```"


def _options(parser: argparse.ArgumentParser) -> str:
    rows = [
        [f"`{', '.join(one.option_strings) or one.metavar or one.dest}`", words.escape(_help(one))]
        for one in parser._actions
        if one.dest not in GENERAL and not isinstance(one, argparse._SubParsersAction)
    ]
    return words.table(["option", ""], rows) if rows else ""


def _help(action: argparse.Action) -> str:
    known = {"default": action.default, "dest": action.dest, "prog": ""}
    return (action.help or "") % known
