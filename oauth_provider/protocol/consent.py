"""Consent as it was asked for (RFC 6749 §10.2, RFC 8707 §2): each scope together with its resources."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from oauth_provider.protocol.digest import digest

# The place of what may be used at every resource. No resource is called so.
ANYWHERE = ""

# Scopes, or authorization details, each with its places, each place with the digest of what was shown for the two.
Entries = Mapping[str, Mapping[str, str]]
NO_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that one consent page asks for: each scope and detail at each of the resources.

    ``client`` and the values of the mappings are digests of the words on the page.
    """

    client: str
    scopes: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return one digest of the whole page."""
        parts = [sorted(part.items()) for part in (self.scopes, self.resources, self.details)]
        return digest(json.dumps([self.client, *parts]))

    @property
    def entries(self) -> "Agreed":
        """Return what is remembered once a person agrees to all of it."""
        return Agreed(self.client, at_each(self.scopes, self.resources), at_each(self.details, self.resources))


@dataclass(frozen=True, slots=True)
class Agreed:
    """Everything that a person has agreed to, on one page or several.

    ``client`` is the digest of how the client was shown.
    """

    client: str = ""
    scopes: Entries = field(default_factory=dict)
    details: Entries = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Was nothing agreed to?"""
        return not (self.scopes or self.details)

    def without(self, scopes: Collection[str]) -> "Agreed":
        """Return this without ``scopes``, wherever they were for."""
        return replace(self, scopes={one: places for one, places in self.scopes.items() if one not in scopes})

    def covers(self, agreement: Agreement) -> bool:
        """Was every scope and detail agreed to, at every resource that it is for, in exactly these words?"""
        asked = agreement.entries
        if asked.client != self.client or not (asked.scopes or asked.details):
            return False
        return is_part(asked.scopes, self.scopes) and is_part(asked.details, self.details)

    def extended_by(self, agreement: Agreement) -> "Agreed":
        """Return this plus a yes to ``agreement``. If the client is shown differently now, earlier consent ends."""
        new = agreement.entries
        if new.client != self.client:
            return new
        return Agreed(self.client, merge_entries(self.scopes, new.scopes), merge_entries(self.details, new.details))


def at_each(words: Mapping[str, str], resources: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return an entry for each of ``words`` at each of ``resources``; at ``ANYWHERE`` if there are no resources."""
    places = resources or {ANYWHERE: ""}
    return {one: {place: digest(f"{shown} {name}") for place, name in places.items()} for one, shown in words.items()}


def is_part(asked: Entries, agreed: Entries) -> bool:
    """Is each entry of ``asked``, with its resource, among ``agreed``?"""
    return all(places.items() <= agreed.get(one, NO_WORDS).items() for one, places in asked.items())


def merge_entries(before: Entries, new: Entries) -> dict[str, dict[str, str]]:
    """Return the entries of both; where both have one, the words of ``new`` are kept."""
    names = dict.fromkeys([*before, *new])
    return {one: {**before.get(one, NO_WORDS), **new.get(one, NO_WORDS)} for one in names}


def count_entries(entries: Entries) -> int:
    """Return the number of pairs of a scope (or detail) and a resource."""
    return sum(map(len, entries.values()))


def from_separate_sets(agreement: Agreement, *, is_complete: bool = True) -> Agreed:
    """Return what was certainly agreed to in a row that remembers scopes and resources apart; else an empty ``Agreed``.

    With several resources, a lone scope was asked for at each of them, unless something else may have been asked
    for that was not remembered: such a row is not ``is_complete``. With several scopes nobody knows which was for
    which resource.
    """
    is_alone = is_complete and len(agreement.scopes) + len(agreement.details) == 1
    is_unknown = len(agreement.resources) > 1 and not is_alone
    return Agreed() if is_unknown else agreement.entries
