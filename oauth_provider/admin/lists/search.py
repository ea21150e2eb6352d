"""Search for rows by whose they are: the few users and clients that a term means are found first, then their rows.

A term that is compared with the names on each of 200,000 rows joins three tables for every one of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from oauth_provider.admin.lists.autocomplete import NULL, user_names
from oauth_provider.dot.names import application_model
from oauth_provider.protocol.token_string import PREFIXES

# So many keys are listed, and found by an index. Of more, the database makes a table, and rows are soon found anyway.
MAX_KEYS = 200
MAX_TERM = 255
# What machines write as tokens: ours by their prefixes, and any JWT.
SECRET = re.compile(rf"(?:{'|'.join(PREFIXES)}|eyJ)[\w.~+/-]{{20,}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meant:
    """The users and clients that a term may mean, each as keys or as a query for them."""

    users: Any
    clients: Any

    def rows(self, *, users: str = "user", clients: str = "application") -> Q:
        """Return the condition on rows that belong to one of them, by these columns; a column "" is none."""
        named = ((users, self.users), (clients, self.clients))
        return reduce(or_, (Q(**{f"{column}__in": keys}) for column, keys in named if column))


def is_searchable(term: str) -> bool:
    """Can there be anything of this name? PostgreSQL refuses NUL."""
    return NULL not in term and len(term) <= MAX_TERM


def is_secret(term: str) -> bool:
    """Does it look like a token or a secret? Those are found by nobody, and should stand in no address."""
    return SECRET.search(term) is not None


def meant_by(term: str, *, key: str = "pk") -> Meant:
    """Return whom ``term`` means: each word is part of a user's login name or address, or of a client's name.

    A client is also meant by the beginning of its identifier. ``key`` is the column of clients that is wanted.
    """
    words = [word.strip('"') for word in re.findall(r'"[^"]+"|\S+', term) if word.strip('"')]
    users = _named(get_user_model()._default_manager.all(), words, user_names())
    clients = application_model()._base_manager.all()
    by_name = _named(clients, words, ("name",)) | clients.filter(client_id__startswith=" ".join(words))
    return Meant(_keys(users.values_list("pk", flat=True)), _keys(by_name.values_list(key, flat=True)))


def _named(rows: QuerySet[Any], words: Iterable[str], columns: tuple[str, ...]) -> QuerySet[Any]:
    matches = [reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns)) for word in words]
    return rows.filter(reduce(and_, matches, Q())).order_by()


def _keys(rows: QuerySet[Any]) -> Any:
    found = list(rows[: MAX_KEYS + 1])
    return found if len(found) <= MAX_KEYS else rows
