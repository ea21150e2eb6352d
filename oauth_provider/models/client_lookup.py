"""Finding a client by its identifier, with its policy and the secret that was presented (RFC 6749 §2.3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import router
from django.db.models import FilteredRelation, Model, Q, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import Row, application_model, concrete_names
from oauth_provider.models.client import Client, ClientPolicy
from oauth_provider.models.client_memory import Recalled, client_memory, is_remembering, version_of
from oauth_provider.models.client_secret import LAST_USED_PRECISION
from oauth_provider.models.compiled import CompiledQuery, row_of
from oauth_provider.models.database_clock import database_now
from oauth_provider.models.tenant import database_of
from oauth_provider.protocol.digest import digest

# What no endpoint for programs reads of a client and its policy. Each is still there, for one more statement.
UNREAD = frozenset(
    {
        "algorithm",
        "authorization_signed_response_alg",
        "backchannel_logout_session_required",
        "backchannel_logout_uri",
        "cimd_expires_at",
        "created",
        "created_at",
        "default_max_age",
        "frontchannel_logout_session_required",
        "frontchannel_logout_uri",
        "hash_client_secret",
        "post_logout_redirect_uris",
        "require_auth_time",
        "require_pushed_authorization_requests",
        "require_signed_request_object",
        "response_types",
        "skip_authorization",
        "updated",
        "updated_at",
        "userinfo_signed_response_alg",
    }
)
CLIENT_SECRET = "client_secret"
# ``encoded`` comes last: see ``_without_secrets``.
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
    """A client, and the live machine-made secret that was presented for it, if it was one."""

    client: Client
    secret: FoundSecret | None


def is_client_id(client_id: str) -> bool:
    """Could this be anybody's identifier (RFC 6749 Appendix A.1: printable ASCII)? A database is not asked."""
    return 0 < len(client_id) <= 255 and client_id.isascii() and client_id.isprintable()


@sensitive_variables()
def find_client(client_id: str) -> Client | None:
    """The client called ``client_id``, suspended or not, in one statement; None if there is none."""
    if not is_client_id(client_id):
        return None
    using = router.db_for_write(application_model())
    rows = _WHOLE.run(using, client_id)
    return _client(rows[0], using, frozenset()) if rows else None


def find_with_secret(client_id: str, presented: str) -> FoundClient | None:
    """The same, and which of its secrets ``presented`` is, in one statement that leaves ``UNREAD`` out."""
    if not is_client_id(client_id):
        return None
    using = router.db_for_write(application_model())
    asked = (client_id, digest(presented) if presented else "")
    if not is_remembering(using):
        rows = _WITH_SECRET.run(using, *asked)
        return _found_client(rows[0], using) if rows else None
    fetched = _WITH_VERSION.fetch(using, *asked)
    if not fetched:
        return None
    version, *values = _WITH_VERSION.convert(using, fetched[0])
    found = _found_client(values, using)
    if found.secret is not None or (found.client.is_public and not presented):
        client_memory.keep((database_of(using), *asked), _without_secrets(fetched[0]), version)
    return found


def recall_with_secret(client_id: str, presented: str) -> FoundClient | None:
    """The same as this process remembers it, to be confirmed by the database; None where it does not."""
    using = router.db_for_write(application_model())
    if not is_remembering(using):
        return None
    key = (database_of(using), client_id, digest(presented) if presented else "")
    known = client_memory.find(key)
    if known is None:
        return None
    _version, *values = _WITH_VERSION.convert(using, known.values)
    found = _found_client(values, using)
    application, policy = found.client.application, found.client.policy
    if found.secret is None and presented:
        return None
    application.__dict__.pop(CLIENT_SECRET)  # deferred: it is not remembered
    secret_id = found.secret.pk if found.secret is not None else None
    recalled = Recalled(key, known.version, application.pk, secret_id)
    return FoundClient(Client(application, policy, recalled), found.secret)


def _without_secrets(fetched: Sequence[Any]) -> tuple[Any, ...]:
    """What may be remembered: not DOT's column, nor the copy of it that was found equal to it."""
    model: type[Model] = application_model()
    place = 1 + _read(model, UNREAD)[CLIENT_SECRET]
    return (*fetched[:place], "", *fetched[place + 1 : -1], "")


def _found_client(values: Sequence[Any], using: str) -> FoundClient:
    client = _client(values, using, UNREAD)
    pk, last_used_at, expires_at, from_dot, encoded = values[-len(SECRET) :]
    is_live = pk is not None and (expires_at is None or expires_at > database_now(using))
    # A copy of DOT's secret ends as soon as another stands in DOT's column, however it came there.
    is_current = not from_dot or encoded == client.application.client_secret
    return FoundClient(client, FoundSecret(pk, last_used_at) if is_live and is_current else None)


def _client(values: Sequence[Any], using: str, unread: frozenset[str]) -> Client:
    """As ``select_related`` does: ``ClientPolicy.of`` then costs no statement, also where there is none."""
    model: type[Model] = application_model()
    columns, policy_columns = _read(model, unread), _read(ClientPolicy, unread)
    application: Row = row_of(model, columns, values[: len(columns)], using)
    policy_values = values[len(columns) : len(columns) + len(policy_columns)]
    if policy_values[policy_columns["application_id"]] is None:
        return Client(application, ClientPolicy.default_for(application))
    policy = row_of(ClientPolicy, policy_columns, policy_values, using)
    relation: Any = ClientPolicy._meta.get_field("application")
    relation.set_cached_value(policy, application)
    relation.remote_field.set_cached_value(application, policy)
    return Client(application, policy)


@cache
def _read(model: type[Model], unread: frozenset[str]) -> dict[str, int]:
    """The names of the columns that are read, in order, each with its place."""
    names = [name for name in concrete_names(model) if name not in unread]
    return {name: place for place, name in enumerate(names)}


def _paths(unread: frozenset[str]) -> tuple[str, ...]:
    model: type[Model] = application_model()
    return (*_read(model, unread), *(f"oauth_policy__{name}" for name in _read(ClientPolicy, unread)))


def _called(client_id: Any) -> Any:
    return application_model()._base_manager.filter(client_id=client_id)


def _whole(client_id: Any) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = _called(client_id).values_list(*_paths(frozenset()))
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
    return (*_paths(UNREAD), *(f"presented_secret__{name}" for name in SECRET))


# Their cursors would keep DOT's column of secrets.
_WHOLE, _WITH_SECRET, _WITH_VERSION = (
    CompiledQuery(build, keeps_cursor=False) for build in (_whole, _with_secret, _with_version)
)
