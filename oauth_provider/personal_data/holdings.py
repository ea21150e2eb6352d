"""The table of holdings: all that is stored about a person, table by table (GDPR Articles 15, 17 and 20).

A table that tells of nobody stands in ``impersonal.py``, with the reason. A test finds one that stands in neither.
"""

from operator import attrgetter
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from oauth_provider.conf.people import NOTICE_PREFIX
from oauth_provider.dot.names import access_token_model, application_model, models_of_people
from oauth_provider.models import (
    AuditEvent,
    Authorization,
    ClientInvitation,
    ClientMember,
    Consent,
    ConsentReceipt,
    LogoutDelivery,
    PendingRequest,
)
from oauth_provider.models.client import as_client
from oauth_provider.models.logout_delivery import BACKCHANNEL_LOGOUT
from oauth_provider.models.scope_plan import ScopeRewrite
from oauth_provider.personal_data.holding import Holding, Whose
from oauth_provider.personal_data.told import agreed_scopes, client_id_of, own_address
from oauth_provider.tokens.subject import known_sid, known_subject

KEY = "it means something inside of the database alone"
WHOSE = "it is the person themselves"
SECRET = "it is a secret, or the digest of one, and opens something"
OF_REQUEST = "it is the client's, for its own use"
INSIDE = "it is for upkeep"


def _of_account(rows: QuerySet[Any], whose: Whose) -> QuerySet[Any]:
    return rows.filter(**whose.by_account).order_by("pk")


def _of_key(rows: QuerySet[Any], whose: Whose) -> QuerySet[Any]:
    return rows.filter(user=whose.key).order_by("pk")


def _acts(rows: QuerySet[Any], whose: Whose) -> QuerySet[Any]:
    return rows.filter(actor=whose.key).exclude(user=whose.key).order_by("pk")


def _notices(rows: QuerySet[Any], whose: Whose) -> QuerySet[Any]:
    return rows.filter(kind__startswith=NOTICE_PREFIX, subject=whose.key).select_related("application").order_by("pk")


def _logouts(rows: QuerySet[Any], whose: Whose) -> QuerySet[Any]:
    """Messages under any of the names by which a client knows the person or a session of theirs."""
    theirs = Authorization.objects.using(rows.db).filter(**whose.by_account).select_related("application__oauth_policy")
    clients = {row.application_id: as_client(row.application) for row in theirs}
    subjects = {whose.key, *(known_subject(whose.user, client) for client in clients.values())} - {""}
    sids = {known_sid(row.sid, clients[row.application_id]) for row in theirs} - {""}
    named = Q(subject__in=subjects) | Q(sid__in=sids)
    return rows.filter(named, kind=BACKCHANNEL_LOGOUT).select_related("application").order_by("pk")


def _rewrites(rows: QuerySet[Any], whose: Whose) -> QuerySet[Any]:
    """Of the rows that hang on the account, while there are such rows: they are named by table and key."""
    tables: Any = {"consents": Consent, "authorizations": Authorization, "access_tokens": access_token_model()}
    theirs = Q(pk__in=())
    for name, model in tables.items():
        keys = model._base_manager.using(rows.db).filter(**whose.by_account).values_list("pk", flat=True)
        theirs |= Q(table=name, key__in=[str(key) for key in keys])
    return rows.filter(theirs).order_by("pk")


def _sent(rows: QuerySet[Any], whose: Whose) -> int:
    """Delete what was sent or given up. What waits still has to end a session somewhere."""
    return rows.exclude(status=LogoutDelivery.Status.PENDING).order_by().delete()[0]


def _delete(rows: QuerySet[Any], whose: Whose) -> int:
    deleted: int = rows.order_by().delete()[1].get(rows.model._meta.label, 0)
    return deleted


def _unname(rows: QuerySet[Any], whose: Whose) -> int:
    actor = Case(When(actor=whose.key, then=Value("")), default="actor")
    return rows.order_by().update(user="", actor=actor, address="")


def _leave(rows: QuerySet[Any], whose: Whose) -> int:
    return rows.order_by().update(user=None)


def _of_dot(model: Any) -> Holding:
    """Return the holding of one of DOT's tables: what people understand of it, and nothing else."""
    there = {field.name for field in model._meta.concrete_fields}
    said = [name for name in ("scope", "created", "expires", "revoked", "status", "client_id") if name in there]
    told: dict[str, Any] = {name: name for name in said}
    if "application" in there:
        told = {"client_id": client_id_of, **told}
    return Holding(
        name=f"dot_{model._meta.model_name}s",
        model=lambda: model,
        rows=_of_account,
        told=told,
        withheld=dict.fromkeys(there - set(said) - {"application"}, "it is DOT's: a key, a secret, or the client's"),
        erase=_delete,
        joined=("application",) if "application" in there else (),
        also_told=frozenset({"application"} & there),
    )


SIGN_INS = Holding(
    name="sign_ins",
    model=lambda: Authorization,
    rows=_of_account,
    told={
        "id": "public_id",
        "client_id": client_id_of,
        **{
            name: name
            for name in (
                "grant_type", "scope", "resources", "authorization_details", "context", "redirect_uri", "auth_time",
                "acr", "amr", "until", "address", "device", "created_at", "redeemed_at", "rotated_at",
                "session_expires_at", "expires_at", "revoked_at", "revoked_reason",
            )
        },
    },
    withheld={
        "id": KEY,
        "user": WHOSE,
        **dict.fromkeys(("nonce", "claims", "cnf"), OF_REQUEST),
        **dict.fromkeys(
            (
                "code_challenge", "sid", "code_digest", "family_digest", "adopted_digest", "refresh_token_digest",
                "previous_digest", "sealed_answer",
            ),
            SECRET,
        ),
        **dict.fromkeys(("code_expires_at", "rotated_on", "expires_on"), INSIDE),
    },
    erase=_delete,
    joined=("application",),
    also_told=frozenset({"application"}),
)  # fmt: skip
CONSENTS = Holding(
    name="consents",
    model=lambda: Consent,
    rows=_of_account,
    told={
        "client_id": client_id_of,
        "agreed": agreed_scopes,
        **{
            name: name
            for name in ("context", "until", "shown_as", "created_at", "updated_at", "used_at", "end_announced_at")
        },
    },
    withheld={
        "id": KEY,
        "user": WHOSE,
        **dict.fromkeys(
            ("shown", "scopes", "resources", "authorization_details"), "digests; the receipts have the words"
        ),
    },
    erase=_delete,
    joined=("application",),
    also_told=frozenset({"application", "entries"}),
)
RECEIPTS = Holding(
    name="consent_receipts",
    model=lambda: ConsentReceipt,
    rows=_of_key,
    told={name: name for name in ("given_at", "ended_at", "client_id", "context", "language", "version", "content")},
    withheld={"id": KEY, "consent": KEY, "user": WHOSE},
    erase=_delete,
)
HAPPENED = Holding(
    name="history",
    model=lambda: AuditEvent,
    rows=_of_key,
    told={name: name for name in ("occurred_at", "kind", "reason", "client_id", "authorization", "facts")}
    | {"address": own_address},
    withheld={"id": KEY, "user": WHOSE, "actor": "it is the person, or somebody else"},
    erase=_unname,
    becomes="kept without a name or an address",
    also_told=frozenset({"address"}),
)
ACTS = Holding(
    name="acts_on_others",
    model=lambda: AuditEvent,
    rows=_acts,
    told={name: name for name in ("occurred_at", "kind", "reason", "client_id", "address", "facts")},
    withheld={"id": KEY, "actor": WHOSE, "user": "it is somebody else", "authorization": "it is somebody else's"},
    erase=None,
    becomes="kept, with their id: what an operator did must be found again",
)
NOTICES = Holding(
    name="notices",
    model=lambda: LogoutDelivery,
    rows=_notices,
    told={
        "client_id": client_id_of,
        **{name: name for name in ("kind", "payload", "status", "created_at", "ended_at")},
    },
    withheld={
        "id": KEY,
        "subject": WHOSE,
        **dict.fromkeys(("issuer", "sid", "attempts", "next_attempt_at", "last_error"), INSIDE),
    },
    erase=_delete,
    joined=("application",),
    also_told=frozenset({"application"}),
)
LOGOUTS = Holding(
    name="logout_messages",
    model=lambda: LogoutDelivery,
    rows=_logouts,
    told={"client_id": client_id_of, **{name: name for name in ("status", "created_at", "ended_at")}},
    withheld={
        "id": KEY,
        **dict.fromkeys(("subject", "sid"), "it is the client's name for the person or the session"),
        **dict.fromkeys(("kind", "payload", "issuer", "attempts", "next_attempt_at", "last_error"), INSIDE),
    },
    erase=_sent,
    becomes="deleted, but for those that wait to be delivered",
    also_told=frozenset({"application"}),
)
REQUESTS = Holding(
    name="waiting_requests",
    model=lambda: PendingRequest,
    rows=_of_account,
    told={
        "client_id": attrgetter("client_id"),
        **{name: name for name in ("created_at", "expires_at", "decided_at", "decision")},
    },
    withheld={
        "id": KEY,
        "user": WHOSE,
        "parameters": OF_REQUEST,
        **dict.fromkeys(("handle_digest", "session_digest", "address_digest", "sealed_answer"), SECRET),
    },
    erase=_delete,
    joined=("application",),
    also_told=frozenset({"application", "unregistered_client"}),
)
MEMBERSHIPS = Holding(
    name="memberships",
    model=lambda: ClientMember,
    rows=_of_account,
    told={"client_id": client_id_of, "role": "role", "created_at": "created_at"},
    withheld={"id": KEY, "user": WHOSE},
    erase=_delete,
    joined=("application",),
    also_told=frozenset({"application"}),
)
INVITATIONS = Holding(
    name="invitations",
    model=lambda: ClientInvitation,
    rows=_of_account,
    told={"client_id": client_id_of, "name": "name", "role": "role", "since": "created_at", "until": "expires_at"},
    withheld={"id": KEY, "user": WHOSE},
    erase=_delete,
    joined=("application",),
    also_told=frozenset({"application"}),
)
REWRITES = Holding(
    name="scope_changes",
    model=lambda: ScopeRewrite,
    rows=_rewrites,
    told={"table": "table"},
    withheld={
        **dict.fromkeys(("id", "plan", "key"), KEY),
        **dict.fromkeys(("before", "after"), "names of scopes, before and after an operator renamed them"),
    },
    erase=_delete,
)
# In the order in which they are erased: what marks and ends others comes first, and the audit hears of all of it.
OF_OURS = (REQUESTS, NOTICES, LOGOUTS, SIGN_INS, CONSENTS, RECEIPTS, MEMBERSHIPS, INVITATIONS, HAPPENED, ACTS)


def holdings() -> tuple[Holding, ...]:
    """Return all of them, in the order in which they are erased."""
    owned = Holding(
        name="owned_clients",
        model=application_model,
        rows=_of_account,
        told={"client_id": "client_id", "name": "name", "created": "created"},
        withheld={},
        erase=_leave,
        becomes="kept without an owner",
    )
    # What is found by the keys of other rows goes before them.
    return (REWRITES, *map(_of_dot, models_of_people()), owned, *OF_OURS)
