"""Scopes of an app: those that it has, those that it gets at once, and those that an operator gives (RFC 6749 §3.3)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from oauth_provider.clients.registration.policy import DoorPolicy
from oauth_provider.clients.registration.proposal import Fault, MetadataRefused
from oauth_provider.clients.registration.register import change
from oauth_provider.pages.applications.door import Seat, check_may_change, for_members
from oauth_provider.pages.applications.shown import frame, url_of
from oauth_provider.pages.sending.page import show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.registry.scope import known_scopes, words_of

NONE_LEFT = _("Leave it at least one scope that it has, or choose one that needs no review.")


@dataclass(frozen=True, slots=True)
class Offer:
    """A scope that may be ticked."""

    scope: str
    words: Any
    is_ticked: bool
    needs_review: bool
    is_waiting: bool


def offers(
    policy: DoorPolicy, *, held: Collection[str] = (), waiting: Collection[str] = (), ticked: Collection[str] = ()
) -> list[Offer]:
    """Return the scopes that a client may have: those it has, and what the policy gives at once or after a review."""
    there = dict.fromkeys([*known_scopes(), *held])
    open_to = [
        scope for scope in there if scope in held or policy.gives(scope) or scope in policy.review_scopes
    ]  # fmt: skip
    words = words_of(dict.fromkeys(open_to))
    return [
        Offer(
            scope,
            words.get(scope, scope),
            is_ticked=scope in held or scope in waiting or scope in ticked,
            needs_review=scope in policy.review_scopes and scope not in held,
            is_waiting=scope in waiting,
        )
        for scope in open_to
    ]


@for_members
def app_scopes(request: HttpRequest, seat: Seat) -> HttpResponse:
    """GET shows them; POST has the client have those that are ticked, and ask an operator for the others."""
    if request.method != "POST":
        return _show(request, seat)
    check_may_change(seat)
    before, policy = seat.metadata, seat.visitor.policy
    if before.scope is None:
        return redirect_to(url_of("app_scopes", seat.client.client_id, "nothing"))
    waiting = before.requested_scope.split()
    offered = {offer.scope for offer in offers(policy, held=before.scope, waiting=waiting)}
    ticked = [scope for scope in request.POST.getlist("scopes") if scope in offered]
    kept = [scope for scope in ticked if scope in waiting and scope not in before.scope]
    scope = tuple(one for one in dict.fromkeys(ticked) if one not in kept)
    if not any(one in before.scope or policy.gives(one) for one in scope):
        return _show(request, seat, problem=NONE_LEFT)
    try:
        changed = change(seat.client, replace(before, scope=scope, requested_scope=" ".join(kept)), seat.visitor.by)
    except MetadataRefused as error:
        return _show(request, seat, faults=error.faults)
    is_asked = set(changed.policy.requested_scope.split()) - set(waiting)
    return redirect_to(url_of("app_scopes", seat.client.client_id, "requested" if is_asked else "saved"))


def _show(request: HttpRequest, seat: Seat, *, problem: Any = "", faults: tuple[Fault, ...] = ()) -> HttpResponse:
    before = seat.metadata
    held = before.scope
    context = frame(request, seat, "app_scopes") | {
        "has_every": held is None,
        "offers": offers(seat.visitor.policy, held=held or (), waiting=before.requested_scope.split()),
        "problem": problem,
        "faults": faults,
    }
    return show(request, "applications/scopes.html", context, status=400 if problem or faults else 200)
