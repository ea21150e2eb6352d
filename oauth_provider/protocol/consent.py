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
NO_TWINS: Mapping[str, Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that one consent page asks for: each scope and detail at each of the resources.

    ``client`` and the values of the mappings are digests of the words on the page. ``declined`` are scopes that were
    on it and were left out. ``destination`` is where the answer goes, empty where that is nowhere.
    """

    client: str
    scopes: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    declined: Mapping[str, str] = field(default_factory=dict)
    destination: str = ""

    @property
    def digest(self) -> str:
        """Return one digest of the whole page."""
        parts = [sorted(part.items()) for part in (self.scopes, self.resources, self.details)]
        return digest(json.dumps([self.client, *parts]))

    @property
    def entries(self) -> "Agreed":
        """Return what is remembered once a person agrees to all of it."""
        return Agreed(
            client=self.client,
            scopes=at_each(self.scopes, self.resources),
            details=at_each(self.details, self.resources),
            declined=at_each(self.declined, self.resources),
            destinations=(self.destination,) if self.destination else (),
        )


@dataclass(frozen=True, slots=True)
class Agreed:
    """Everything that a person has agreed to, on one page or several.

    ``client`` is the digest of how the client was shown, ``declined`` are the scopes that they left out, and
    ``destinations`` are the places to which they let an answer go; None: nobody wrote that down.
    """

    client: str = ""
    scopes: Entries = field(default_factory=dict)
    details: Entries = field(default_factory=dict)
    declined: Entries = field(default_factory=dict)
    destinations: tuple[str, ...] | None = ()

    @property
    def is_empty(self) -> bool:
        """Was nothing agreed to?"""
        return not (self.scopes or self.details)

    def without(self, scopes: Collection[str]) -> "Agreed":
        """Return this without ``scopes``, wherever they were for."""
        return replace(self, scopes={one: places for one, places in self.scopes.items() if one not in scopes})

    def covers(self, agreement: Agreement) -> bool:
        """Was every scope and detail agreed to, at every resource that it is for, in exactly these words?"""
        return self.recall(agreement) == tuple(agreement.scopes)

    def recall(
        self, agreement: Agreement, *, optional: Collection[str] = (), twins: Mapping[str, Mapping[str, str]] = NO_TWINS
    ) -> tuple[str, ...] | None:
        """Return the scopes of ``agreement`` that need no question, None where anything of it has to be asked.

        An ``optional`` scope that was left out in exactly these words stays left out. ``twins`` has, for a scope, the
        one that only reads in its place, with the digest of its words: where that was agreed to, it is returned.
        """
        asked = agreement.entries
        if asked.client != self.client or not self.knows(agreement.destination) or not (asked.scopes or asked.details):
            return None
        if not is_part(asked.details, self.details):
            return None
        found: list[str] = []
        for scope, places in asked.scopes.items():
            if is_part({scope: places}, self.scopes):
                found.append(scope)
            elif not is_part({scope: places}, self.declined):
                return None
            elif scope in twins and is_part(at_each(twins[scope], agreement.resources), self.scopes):
                found.extend(twins[scope])
            elif scope not in optional:
                return None
        return tuple(dict.fromkeys(found))

    def knows(self, destination: str) -> bool:
        """Was it let go to ``destination`` before, or is it not known where to?"""
        return not destination or self.destinations is None or destination in self.destinations

    def extended_by(self, agreement: Agreement) -> "Agreed":
        """Return this plus a yes to ``agreement``. If the client is shown differently now, earlier consent ends."""
        new = agreement.entries
        if new.client != self.client:
            return new
        places = [one for one in self.destinations or () if one not in (new.destinations or ())]
        return Agreed(
            client=self.client,
            scopes=merge_entries(take_away(self.scopes, new.declined), new.scopes),
            details=merge_entries(self.details, new.details),
            declined=merge_entries(take_away(self.declined, new.scopes), new.declined),
            # What was not written down before is known from the first time that something is.
            destinations=self.destinations if not new.destinations else (*places, *new.destinations),
        )


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


def take_away(entries: Entries, other: Entries) -> dict[str, dict[str, str]]:
    """Return ``entries`` without the pairs of a scope and a resource that are in ``other``, whatever their words."""
    left = {
        one: {place: words for place, words in places.items() if place not in other.get(one, NO_WORDS)}
        for one, places in entries.items()
    }
    return {one: places for one, places in left.items() if places}


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
    return Agreed() if is_unknown else replace(agreement.entries, destinations=None)
