"""Forecast of a plan for scopes (RFC 6749 §3.3): who keeps access, who is asked again, and which clients break."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.consent import Agreed, Agreement, is_part
from oauth_provider.protocol.scope_plan import IMPLY, RETIRE, ScopeChange, becomes, rewrite_agreed
from oauth_provider.registry.resource import all_resources, digests_of_resources
from oauth_provider.registry.scope import IDENTITY_SCOPES, all_scopes, digests_of
from oauth_provider.scope_changes.tables import consents_of, live_access_tokens, live_authorizations, named_in

# Rows of consents are read in chunks of so many.
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """Consequences of one change. ``clients`` are those that use the scope by its name, each as it is called.

    ``sign_ins`` and ``access_tokens`` are those that have the scope; the sign-ins that are ``emptied`` have no other,
    and end at their next refresh. ``consents`` are people who agreed to it, once for each client and context; those
    that are ``asked_again`` have not agreed to what they would be shown.
    """

    change: ScopeChange
    sign_ins: int
    access_tokens: int
    emptied: int
    consents: int
    asked_again: int
    clients: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return this for programs."""
        return {
            "kind": self.change.kind,
            "scope": self.change.scope,
            "becomes": list(self.change.becomes),
            "sign_ins": self.sign_ins,
            "access_tokens": self.access_tokens,
            "ended": self.emptied,
            "consents": self.consents,
            "asked_again": self.asked_again,
            "clients": list(self.clients),
        }


def faults(changes: Sequence[ScopeChange]) -> list[str]:
    """Return what speaks against ``changes``: scopes that there are not, or that are not the project's own."""
    known = all_scopes()
    found = [f"{one.scope} is OpenID Connect's own" for one in changes if one.scope in IDENTITY_SCOPES]
    for change in changes:
        found += [
            f"{name} is not registered: add it to SCOPES or in the admin first"
            for name in change.new
            if name not in known
        ]
        found += [f"{name} is about the person, and is never implied" for name in change.new if name in IDENTITY_SCOPES]
        if change.kind == IMPLY and change.scope not in known:
            found.append(f"{change.scope} is not registered")
    return found


def forecast(change: ScopeChange) -> Forecast:
    """Return what becomes of the rows that have the scope of ``change``, without changing any."""
    to, name = becomes([change]), change.scope
    used = live_authorizations().filter(named_in("scope", to)).order_by()
    scopes = _counted(used, name)
    applications = {
        key for scope, key in used.values_list("scope", "application_id").distinct() if name in scope.split()
    }
    named = ClientPolicy.objects.filter(scopes__isnull=False).values_list("application_id", "scopes")
    applications |= {key for key, names in named if isinstance(names, list) and name in names}
    consents, asked_again = _asked_again(change)
    return Forecast(
        change=change,
        sign_ins=sum(scopes.values()),
        access_tokens=sum(_counted(live_access_tokens().filter(named_in("scope", to)).order_by(), name).values()),
        emptied=scopes.get(name, 0) if change.kind == RETIRE else 0,
        consents=consents,
        asked_again=asked_again,
        clients=tuple(_names(applications)) if change.kind != IMPLY else (),
    )


def _counted(rows: Any, name: str) -> dict[str, int]:
    """Return each scope that holds ``name``, with how many rows have it."""
    counted = rows.values_list("scope").annotate(rows=Count("pk"))
    return {scope: number for scope, number in counted if name in scope.split()}


def _asked_again(change: ScopeChange) -> tuple[int, int]:
    """Return how many consents have the scope, and how many of them do not cover what comes in its place."""
    to, resources = becomes([change]), all_resources()
    expected = Agreement("", digests_of(change.becomes), digests_of_resources(resources)).entries.scopes
    anywhere = Agreement("", digests_of(change.becomes)).entries.scopes
    number = again = 0
    for consent in consents_of(to).iterator(CHUNK):
        places = consent.agreed.scopes.get(change.scope)
        if places is None:
            continue
        number += 1
        agreed: Agreed = rewrite_agreed(consent.agreed, to)
        shown = {
            new: {place: {**expected[new], **anywhere[new]}.get(place, "") for place in places}
            for new in change.becomes
        }
        again += not is_part(shown, agreed.scopes)
    return number, again


def _names(keys: set[Any]) -> Iterator[str]:
    rows = application_model()._base_manager.filter(pk__in=keys).order_by("name", "client_id")
    for name, client_id in rows.values_list("name", "client_id"):
        yield f"{name} ({client_id})" if name else client_id
