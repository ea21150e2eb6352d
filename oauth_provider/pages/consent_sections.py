"""Sections of the consent page (RFC 6749 §3.3): permissions by their API, and folded where there are many.

What can do harm, what is new and what is left out is never folded away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from oauth_provider.pages.consent_choices import Choice
from oauth_provider.registry.scope import IDENTITY_SCOPES

# A page with more choices folds its sections.
MAX_UNFOLDED = 8
IDENTITY = _("You")
OTHERS = _("Everything else")


@dataclass(frozen=True, slots=True)
class ChoiceSection:
    """Choices below one heading. ``warnings`` are the risks among them, in words, each once."""

    heading: str
    choices: tuple[Choice, ...]
    warnings: tuple[str, ...]
    is_folding: bool
    is_open: bool


def sections_of(choices: Iterable[Choice], names: Mapping[str, Any]) -> list[ChoiceSection]:
    """Return ``choices`` by their API and group, in the order asked for. ``names`` are those of APIs, by identifier.

    Where all of them stand together anyway, and are few, there is no heading.
    """
    by_heading: dict[str, list[Choice]] = {}
    listed = tuple(choices)
    for choice in listed:
        by_heading.setdefault(_heading(choice, names), []).append(choice)
    is_folding = len(listed) > MAX_UNFOLDED
    is_headed = len(by_heading) > 1 or is_folding
    # What has no heading of its own comes last.
    ordered = sorted(by_heading.items(), key=lambda entry: entry[0] == "")
    return [_section(heading or (str(OTHERS) if is_headed else ""), own, is_folding) for heading, own in ordered]


def _section(heading: str, choices: Sequence[Choice], is_folding: bool) -> ChoiceSection:
    warnings = dict.fromkeys(choice.permission.warning for choice in choices if choice.permission.warning)
    needs_a_look = any(choice.is_marked or not choice.is_ticked for choice in choices)
    return ChoiceSection(heading, tuple(choices), tuple(warnings), is_folding, bool(warnings) or needs_a_look)


def _heading(choice: Choice, names: Mapping[str, Any]) -> str:
    """Return the heading that a choice stands below; "" where nobody gave it one."""
    permission = choice.permission
    api = str(names.get(permission.api, permission.api))
    if not (api or permission.group) and permission.scope in IDENTITY_SCOPES:
        return str(IDENTITY)
    return ": ".join(filter(None, (api, permission.group)))
