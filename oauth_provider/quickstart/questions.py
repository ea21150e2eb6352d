"""Questions at a terminal (RFC 7591 §2): what is built, and what a client needs. What was given is not asked again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from oauth_provider.clients.registration.kinds import KINDS, Kind
from oauth_provider.quickstart import draft as usual
from oauth_provider.quickstart.draft import Draft, describe_faults, printable
from oauth_provider.registry.scope import words_of

DEFAULT_KIND = next(iter(KINDS))


@dataclass(frozen=True, slots=True)
class Given:
    """Options of the command line; None where nothing was said."""

    name: str | None = None
    redirect_uris: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    resource: str | None = None


def draft_of(kind: Kind, given: Given) -> Draft:
    """Return the client that is meant, without asking: what was given, and what is usual for its kind."""
    resource = kind.usual_resource if given.resource is None else given.resource
    return Draft(
        kind=kind,
        name=usual.usual_name(kind) if given.name is None else given.name,
        redirect_uris=usual.usual_redirect_uris(kind) if given.redirect_uris is None else given.redirect_uris,
        scopes=usual.usual_scopes(kind, resource) if given.scopes is None else given.scopes,
        resource=resource,
    )


class Questions:
    """Asks a person by ``read``, which takes a prompt, and tells them by ``write``."""

    def __init__(self, read: Callable[[str], str], write: Callable[[str], Any]) -> None:
        self._read = read
        self._write = write

    def kind(self) -> Kind:
        """Ask what is built, until the answer is one of the kinds, by its name or number."""
        self._write("What do you build?")
        for number, kind in enumerate(KINDS.values(), 1):
            self._write(f"  {number}  {kind.name:<8} {kind.words}")
        numbered = {str(number): name for number, name in enumerate(KINDS, 1)}
        while True:
            answer = self._ask("Number or name", DEFAULT_KIND)
            found = KINDS.get(numbered.get(answer, answer))
            if found is not None:
                return found
            self._write(f"  {printable(answer)}: choose one of 1 to {len(KINDS)}.")

    def draft(self, kind: Kind, given: Given) -> Draft:
        """Ask for what was not given, and again for what is refused in an answer."""
        asked = [member for member in self._members(kind) if getattr(given, FIELDS[member]) is None]
        for member in asked:
            given = self._answered(kind, given, member)
        while True:
            made = draft_of(kind, given)
            faults = describe_faults(made.faults())
            again = [member for member in asked if any(one["member"] == member for one in faults)]
            # What is wrong with what was given on the command line is for the command to tell.
            if not again or any(one["member"] not in asked for one in faults):
                return made
            self._tell(faults)
            for member in again:
                given = self._answered(kind, replace(given, **{FIELDS[member]: None}), member)

    def _members(self, kind: Kind) -> Iterable[str]:
        yield "client_name"
        if kind.usual_redirect_uri:
            yield "redirect_uris"
        if kind.usual_resource:
            yield "resource"
        if kind.asks_for_scopes:
            yield "scope"

    def _answered(self, kind: Kind, given: Given, member: str) -> Given:
        suggested = draft_of(kind, given)
        if member == "client_name":
            return replace(given, name=self._ask("Name, which people read when they are asked", suggested.name))
        if member == "resource":
            return replace(given, resource=self._resource(suggested.resource))
        if member == "redirect_uris":
            uris = self._ask("Redirect URIs, divided by spaces", " ".join(suggested.redirect_uris))
            return replace(given, redirect_uris=tuple(uris.split()))
        for scope, words in words_of(suggested.scopes).items():
            self._write(f"  {scope}: {words}")
        scopes = self._ask("Scopes, divided by spaces", " ".join(suggested.scopes))
        return replace(given, scopes=tuple(scopes.split()))

    def _resource(self, suggested: str) -> str:
        while True:
            answer = self._ask("URL of the API or MCP server that it calls", suggested)
            fault = usual.find_resource_fault(answer)
            if not fault:
                return answer
            self._write(f"  {printable(fault)}")

    def _tell(self, faults: Iterable[Mapping[str, str]]) -> None:
        for one in faults:
            self._write(f"  {printable(one['message'])}")

    def _ask(self, label: str, default: str) -> str:
        return self._read(f"{label} [{default}]: " if default else f"{label}: ").strip() or default


# The field of ``Given`` for each member.
FIELDS = {"client_name": "name", "redirect_uris": "redirect_uris", "scope": "scopes", "resource": "resource"}
