"""Finding a client by its identifier, with its policy and the secret that was presented (RFC 6749 §2.3.1)."""

from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.models import FilteredRelation, Q, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import Row, application_model, concrete_names
from oauth_provider.models.client import Client, ClientPolicy, as_client
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.models.compiled import CompiledQuery, whole_row
from oauth_provider.protocol.digest import digest


@dataclass(frozen=True, slots=True)
class FoundClient:
    """A client, and the row of the live machine-made secret that was presented for it, if it was one."""

    client: Client
    secret: ClientSecret | None


def is_client_id(client_id: str) -> bool:
    """Could this be anybody's identifier (RFC 6749 Appendix A.1: printable ASCII)? A database is not asked."""
    return 0 < len(client_id) <= 255 and client_id.isascii() and client_id.isprintable()


def find_client(client_id: str) -> Client | None:
    """The client called ``client_id``, suspended or not, in one statement; None if there is none."""
    found = find_with_secret(client_id, "")
    return found.client if found is not None else None


@sensitive_variables()
def find_with_secret(client_id: str, presented: str) -> FoundClient | None:
    """The same, and which of its secrets ``presented`` is, in that statement."""
    if not is_client_id(client_id):
        return None
    model = application_model()
    using = router.db_for_read(model)
    rows = _LOOKUP.run(using, client_id, digest(presented) if presented else "")
    if not rows:
        return None
    columns, policy_columns = len(concrete_names(model)), len(concrete_names(ClientPolicy))
    values, others = rows[0][:columns], rows[0][columns:]
    application = whole_row(model, values, using)
    _set_policy(application, others[:policy_columns], using)
    return FoundClient(as_client(application), _live_secret(application, others[policy_columns:], using))


def _set_policy(application: Row, values: list[Any], using: str) -> None:
    """As ``select_related`` does: ``ClientPolicy.of`` then costs no statement, also where there is none."""
    relation: Any = ClientPolicy._meta.get_field("application")
    policy = whole_row(ClientPolicy, values, using)
    if policy is not None:
        relation.set_cached_value(policy, application)
    relation.remote_field.set_cached_value(application, policy)


def _live_secret(application: Row, values: list[Any], using: str) -> ClientSecret | None:
    secret: ClientSecret | None = whole_row(ClientSecret, values, using)
    if secret is None or (secret.expires_at is not None and secret.expires_at <= timezone.now()):
        return None
    # A copy of DOT's secret ends as soon as another stands in DOT's column, however it came there.
    return secret if not secret.from_dot or secret.encoded == application.client_secret else None


def _lookup(client_id: Any, secret_digest: Any) -> QuerySet[Any, Any]:
    presented = FilteredRelation("oauth_secrets", condition=Q(oauth_secrets__digest=secret_digest))
    found = application_model()._base_manager.filter(client_id=client_id).annotate(presented_secret=presented)
    rows: QuerySet[Any, Any] = found.values_list(
        *concrete_names(application_model()),
        *(f"oauth_policy__{name}" for name in concrete_names(ClientPolicy)),
        *(f"presented_secret__{name}" for name in concrete_names(ClientSecret)),
    )
    return rows


_LOOKUP = CompiledQuery(_lookup)
