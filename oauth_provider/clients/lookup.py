"""Finding a client by its identifier, with its policy and the secret that was presented (RFC 6749 §2.3.1)."""

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.db import router
from django.db.models import FilteredRelation, Model, Q, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.memory import client_memory, is_remembering
from oauth_provider.dot.names import Row, application_model, concrete_names
from oauth_provider.models.client import Client, ClientPolicy
from oauth_provider.models.client_registration import DOCUMENT
from oauth_provider.models.client_secret import LAST_USED_PRECISION
from oauth_provider.protocol.client_id_metadata import is_document_url
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.guard import Guard, version_of
from oauth_provider.sql.lookup import CompiledQuery, whole_row
from oauth_provider.sql.tenant import database_of

CLIENT_SECRET = "client_secret"
# ``encoded`` comes last: see ``_without_secrets``.
# Found by its path when it is needed: it stands on registration, which stands on what is in this file.
DOCUMENTS = "oauth_provider.clients.documents.finder"
SECRET = ("id", "last_used_at", "expires_at", "from_dot", "encoded")


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """The row of a live machine-made secret that was presented, as far as it matters now."""

    pk: int
    last_used_at: datetime | None

    @property
    def is_due_for_last_used(self) -> bool:
        """Has the last use been noted so long ago that it is worth a write?"""
        return self.last_used_at is None or self.last_used_at < timezone.now() - LAST_USED_PRECISION


@dataclass(frozen=True, slots=True)
class FoundClient:
    """A client, and the live machine-made secret that was presented for it, if it was one.

    ``guard`` is of a client that was remembered, and has to be proven.
    """

    client: Client
    secret: FoundSecret | None
    guard: Guard | None = None


def is_client_id(client_id: str) -> bool:
    """Could this be anybody's identifier (RFC 6749 Appendix A.1: printable ASCII)? A database is not asked."""
    return 0 < len(client_id) <= 255 and client_id.isascii() and client_id.isprintable()


@sensitive_variables()
def find_client(client_id: str, *, begins: bool = False) -> Client | None:
    """The client called ``client_id``, suspended or not, in one statement; None if there is none.

    Nobody may have registered it, where it is the URL of a document that describes it. ``begins``: somebody new is to
    sign in, which takes a document that is there.
    """
    client = find_registered(client_id)
    if client is None:
        return _documents().find(client_id) if is_document_url(client_id) else None
    return _documents().refresh(client, begins=begins) if client.policy.door == DOCUMENT else client


@sensitive_variables()
def find_registered(client_id: str) -> Client | None:
    """The client called ``client_id`` as its rows have it; None if it has none."""
    if not is_client_id(client_id):
        return None
    using = router.db_for_write(application_model())
    rows = _WHOLE.run(using, client_id)
    return _client(rows[0], using) if rows else None


def find_with_secret(client_id: str, presented: str) -> FoundClient | None:
    """Find the client, and which of its secrets ``presented`` is, in one statement. It may be remembered."""
    if not is_client_id(client_id):
        return None
    using = router.db_for_write(application_model())
    asked = (client_id, digest(presented) if presented else "")
    if not is_remembering(using):
        rows = _WITH_SECRET.run(using, *asked)
        found = _found_client(rows[0], using) if rows else None
        return found if found is not None and found.client.policy.door != DOCUMENT else _by_document(client_id, found)
    fetched = _WITH_VERSION.fetch(using, *asked)
    if not fetched:
        return _by_document(client_id, None)
    version, *values = _WITH_VERSION.convert(using, fetched[0])
    found = _found_client(values, using)
    is_proven = found.secret is not None or (found.client.is_public and not presented)
    key = (database_of(using), *asked)
    if is_proven and not asks_others(found.client):
        client_memory.keep(key, _without_secrets(fetched[0]), version)
    else:
        client_memory.forget(key)
    return found if found.client.policy.door != DOCUMENT else _by_document(client_id, found)


def recall_with_secret(client_id: str, presented: str) -> FoundClient | None:
    """Recall the client as this process read it, with the guard that has to prove it; None where it did not."""
    using = router.db_for_write(application_model())
    if not is_remembering(using):
        return None
    key = (database_of(using), client_id, digest(presented) if presented else "")
    known = client_memory.find(key)
    if known is None:
        return None
    _version, *values = _WITH_VERSION.convert(using, known.values)
    found = _found_client(values, using)
    if found.secret is None and presented:
        return None
    del found.client.application.__dict__[CLIENT_SECRET]  # deferred: it is not remembered
    secret_id = found.secret.pk if found.secret is not None else None
    return replace(found, guard=Guard(found.client.application.pk, secret_id, known.version))


def asks_others(client: Client) -> bool:
    """Does an exchange of this client ask anybody else, who must not be asked for a client as it was?"""
    policy = client.policy
    return bool(policy.id_token_encrypted_response_alg or policy.authorization_details_types or policy.door == DOCUMENT)


def _by_document(client_id: str, found: FoundClient | None) -> FoundClient | None:
    """Return the client as its document describes it, whether it has rows, or ``found`` is None. It has no secret."""
    if found is not None:
        client = _documents().refresh(found.client, begins=False)
    else:
        client = _documents().find(client_id) if is_document_url(client_id) else None
    return FoundClient(client, None) if client is not None else None


@cache
def _documents() -> Any:
    return pkgutil.resolve_name(DOCUMENTS)


def _without_secrets(fetched: Sequence[Any]) -> tuple[Any, ...]:
    """Return the values that may be remembered: not DOT's column, nor the copy of it that was found equal to it."""
    place = 1 + concrete_names(application_model()).index(CLIENT_SECRET)
    return (*fetched[:place], "", *fetched[place + 1 : -1], "")


def _found_client(values: Sequence[Any], using: str) -> FoundClient:
    client = _client(values, using)
    pk, last_used_at, expires_at, from_dot, encoded = values[-len(SECRET) :]
    is_live = pk is not None and (expires_at is None or expires_at > database_now(using))
    # A copy of DOT's secret ends as soon as another stands in DOT's column, however it came there.
    is_current = not from_dot or encoded == client.application.client_secret
    return FoundClient(client, FoundSecret(pk, last_used_at) if is_live and is_current else None)


def _client(values: Sequence[Any], using: str) -> Client:
    """Make the client as ``select_related`` would: ``ClientPolicy.of`` then costs no statement."""
    model: type[Model] = application_model()
    own, of_policy = len(concrete_names(model)), len(concrete_names(ClientPolicy))
    application: Row = whole_row(model, values[:own], using)
    policy = whole_row(ClientPolicy, values[own : own + of_policy], using)
    relation: Any = ClientPolicy._meta.get_field("application")
    if policy is None:
        return Client(application, ClientPolicy.default_for(application))
    relation.set_cached_value(policy, application)
    relation.remote_field.set_cached_value(application, policy)
    return Client(application, policy)


def _paths() -> tuple[str, ...]:
    return (*concrete_names(application_model()), *(f"oauth_policy__{name}" for name in concrete_names(ClientPolicy)))


def _called(client_id: Any) -> Any:
    return application_model()._base_manager.filter(client_id=client_id)


def _whole(client_id: Any) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = _called(client_id).values_list(*_paths())
    return rows


def _with_secret(client_id: Any, secret_digest: Any) -> QuerySet[Any, Any]:
    presented = FilteredRelation("oauth_secrets", condition=Q(oauth_secrets__digest=secret_digest))
    found = _called(client_id).annotate(presented_secret=presented)
    rows: QuerySet[Any, Any] = found.values_list(*_paths_with_secret())
    return rows


def _with_version(client_id: Any, secret_digest: Any) -> QuerySet[Any, Any]:
    version = version_of(ClientPolicy._meta.db_table, "presented_secret")
    rows: QuerySet[Any, Any] = _with_secret(client_id, secret_digest).values_list(version, *_paths_with_secret())
    return rows


def _paths_with_secret() -> tuple[str, ...]:
    return (*_paths(), *(f"presented_secret__{name}" for name in SECRET))


# Their cursors would keep DOT's column of secrets.
_WHOLE, _WITH_SECRET, _WITH_VERSION = (
    CompiledQuery(build, keeps_cursor=False) for build in (_whole, _with_secret, _with_version)
)
