"""Search for rows by whose they are: the few users and clients that a term means are found first, then their rows.

A term that is compared with the names on each of 200,000 rows joins three tables for every one of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import and_, or_
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from oauth_provider.admin.lists.autocomplete import NULL, user_names
from oauth_provider.dot.names import application_model
from oauth_provider.protocol.token_string import PREFIXES

# So many keys are listed, and found by an index. Of more, the database makes a table, and rows are soon found anyway.
MAX_KEYS = 200
MAX_TERM = 255
# Of more words none are divided between a user and a client.
MAX_MIXED = 4
# What machines write as tokens: ours by their prefixes, and any JWT.
SECRET = re.compile(rf"(?:{'|'.join(PREFIXES)}|eyJ)[\w.~+/-]{{20,}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meant:
    """The users and clients that a term may mean, each as keys or as a query for them.

    ``pairs`` are those of which a user and a client are meant together, a part of the words each.
    """

    users: Any
    clients: Any
    pairs: tuple[tuple[Any, Any], ...] = ()

    def rows(self, *, users: str = "user", clients: str = "application") -> Q:
        """Return the condition on rows that belong to one of them, by these columns; a column "" is none."""
        named = ((users, self.users), (clients, self.clients))
        either = [Q(**{f"{column}__in": keys}) for column, keys in named if column]
        both = [Q(**{f"{users}__in": ours, f"{clients}__in": theirs}) for ours, theirs in self.pairs]
        return reduce(or_, either + (both if users and clients else []))

    def with_users_as_text(self) -> "Meant":
        """Return the same with the keys of users as text, for rows that keep them so."""
        pairs = tuple((_as_text(users), clients) for users, clients in self.pairs)
        return Meant(_as_text(self.users), self.clients, pairs)


@dataclass(frozen=True, slots=True)
class Named:
    """The rows of a model by the words of a term: a word is part of one of ``columns``, or begins ``beginning``.

    ``key`` is the column of the keys that are wanted.
    """

    all: QuerySet[Any]
    columns: tuple[str, ...]
    beginning: str = ""
    key: str = "pk"

    def by(self, words: Iterable[str]) -> QuerySet[Any]:
        """Return the keys of those that each of ``words`` is a name of."""
        return self.all.filter(reduce(and_, map(self.has, words), Q())).order_by().values_list(self.key, flat=True)

    def few_by_words(self, words: Sequence[str]) -> "Few":
        """Return the keys of those that any of ``words`` is a name of, by which are; None where they are many."""
        flags: dict[str, Any] = {f"word_{number}": self.has(word) for number, word in enumerate(words)}
        rows = self.all.filter(reduce(or_, flags.values())).order_by().annotate(**flags)
        listed = list(rows.values_list(self.key, *flags)[: MAX_KEYS + 1])
        if len(listed) > MAX_KEYS:
            return None
        found: dict[frozenset[str], list[Any]] = {}
        for key, *marks in listed:
            found.setdefault(frozenset(compress(words, marks)), []).append(key)
        return found

    def has(self, word: str) -> Q:
        """Return the condition on rows that ``word`` is a name of."""
        parts = reduce(or_, (Q(**{f"{column}__icontains": word}) for column in self.columns))
        return parts | Q(**{f"{self.beginning}__startswith": word}) if self.beginning else parts


# Keys by the words that are names of each; None where they are many.
Few = dict[frozenset[str], list[Any]] | None


def is_searchable(term: str) -> bool:
    """Can there be anything of this name? PostgreSQL refuses NUL."""
    return NULL not in term and len(term) <= MAX_TERM


def is_secret(term: str) -> bool:
    """Does it look like a token or a secret? Those are found by nobody, and should stand in no address."""
    return SECRET.search(term) is not None


def meant_by(term: str, *, key: str = "pk") -> Meant:
    """Return whom ``term`` means: each word is part of a user's login name or address, or of a client's name.

    A client is also meant by the beginning of its identifier; a user and a client together by a part of the words each.
    ``key`` is the column of clients that is wanted.
    """
    words = list(dict.fromkeys(word.strip('"') for word in re.findall(r'"[^"]+"|\S+', term) if word.strip('"')))
    users = Named(get_user_model()._default_manager.all(), user_names())
    clients = Named(application_model()._base_manager.all(), ("name",), "client_id", key)
    if not 1 < len(words) <= MAX_MIXED:
        return Meant(_listed(users.by(words)), _listed(clients.by(words)))
    some_users, some_clients = users.few_by_words(words), clients.few_by_words(words)
    return Meant(
        _listed(users.by(words)) if some_users is None else _having(words, some_users),
        _listed(clients.by(words)) if some_clients is None else _having(words, some_clients),
        tuple(_pairs(words, (users, some_users), (clients, some_clients))),
    )


def _pairs(words: Sequence[str], users: tuple[Named, Few], clients: tuple[Named, Few]) -> Iterator[tuple[Any, Any]]:
    """Yield users and clients that are meant together: each of ``words`` is a name of one of them."""
    (all_users, some_users), (all_clients, some_clients) = users, clients
    if some_users is not None:
        for theirs, keys in some_users.items():
            if rest := [word for word in words if word not in theirs]:
                yield keys, all_clients.by(rest) if some_clients is None else _having(rest, some_clients)
    elif some_clients is not None:
        for its, keys in some_clients.items():
            if rest := [word for word in words if word not in its]:
                yield all_users.by(rest), keys
    else:  # the words of a name stand together
        for place in range(1, len(words)):
            for of_user, of_client in ((words[:place], words[place:]), (words[place:], words[:place])):
                found = _listed(all_users.by(of_user))
                if found != []:
                    yield found, _listed(all_clients.by(of_client))


def _having(words: Iterable[str], found: dict[frozenset[str], list[Any]]) -> list[Any]:
    return [key for names, keys in found.items() if names.issuperset(words) for key in keys]


def _listed(keys: QuerySet[Any]) -> Any:
    found = list(keys[: MAX_KEYS + 1])
    return found if len(found) <= MAX_KEYS else keys


def _as_text(keys: Any) -> Any:
    return (
        [str(key) for key in keys] if isinstance(keys, list) else keys.values_list(Cast("pk", CharField()), flat=True)
    )
