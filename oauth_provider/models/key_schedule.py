"""Schedule of signing keys (OpenID Connect Core §10.1.1): from when until when each signs, and is published."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from oauth_provider.conf import provider_settings
from oauth_provider.models.signing_key import SigningKey, State, of_algorithm, published_after, states


@dataclass(frozen=True, slots=True)
class Term:
    """The life of one key. None is an end that nobody knows yet: until a next key is made."""

    state: State
    published_from: datetime
    signs_from: datetime
    signs_until: datetime | None
    published_until: datetime | None


def schedule(rows: Collection[SigningKey], now: datetime) -> dict[str, Term]:
    """Return the terms of all keys by ``kid``; ``rows`` are all that there are."""
    found = states(rows, now)
    terms = {row.kid: _retired(row) for row in rows if row.retired_at is not None}
    for alg in {row.alg for row in rows}:
        live = [row for row in of_algorithm(rows, alg) if row.retired_at is None]
        for row, successor in zip(live, [*live[1:], None], strict=False):
            until = successor.signs_from if successor is not None else _by_itself(row)
            gone = until + published_after() if until is not None else None
            terms[row.kid] = Term(found[row.kid], row.created_at, row.signs_from, until, gone)
    return terms


def _retired(row: SigningKey) -> Term:
    return Term(State.RETIRED, row.created_at, row.signs_from, row.retired_at, row.retired_at)


def _by_itself(row: SigningKey) -> datetime | None:
    """When it is due to be followed, though its successor is not made yet."""
    lifetime = provider_settings.SIGNING_KEY_LIFETIME
    return row.signs_from + timedelta(seconds=lifetime) if lifetime is not None else None
