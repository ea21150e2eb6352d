"""Holdings: one kind of rows that tell of a person, what of them is theirs to know, and what erasing makes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

Value = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Whose:
    """A person: their primary key as text, and their account, None where that was deleted."""

    key: str
    user: Any = None

    @property
    def by_account(self) -> dict[str, Any]:
        """Return the filter of rows that hang on the account."""
        return {"user": self.user} if self.user is not None else {"pk__in": ()}


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of rows.

    ``rows`` are those of a person on a database. ``told`` has the members of the export, each with the column that it
    is, or a function of the row; ``withheld`` the columns that are not told, with the reason. ``erase`` returns how
    many rows it dealt with, and ``becomes`` says what they are then; without it they are kept, ``becomes`` saying why.
    """

    name: str
    model: Callable[[], Any]
    rows: Callable[[QuerySet[Any], Whose], QuerySet[Any]]
    told: Mapping[str, str | Value]
    withheld: Mapping[str, str]
    erase: Callable[[QuerySet[Any], Whose], int] | None
    becomes: str = "deleted"
    joined: tuple[str, ...] = ()
    also_told: frozenset[str] = field(default_factory=frozenset)

    def of(self, whose: Whose, *, using: str) -> QuerySet[Any]:
        """Return the rows of ``whose``."""
        return self.rows(self.model()._base_manager.using(using), whose)

    def export(self, row: Any) -> dict[str, Any]:
        """Return what ``row`` tells its person."""
        return {name: one(row) if callable(one) else getattr(row, one) for name, one in self.told.items()}

    @property
    def columns(self) -> set[str]:
        """Return the columns that are told or withheld."""
        return {one for one in self.told.values() if isinstance(one, str)} | self.also_told | set(self.withheld)


class SeveralPeople(Exception):
    """A name of several people, in a project where it need not be one's own: only a key says who is meant."""


def find_by_username(name: str) -> Whose | None:
    """Return the person who signs in as ``name``, or None. Raises ``SeveralPeople``."""
    model: Any = get_user_model()
    users = model._base_manager.filter(**{model.USERNAME_FIELD: name})[:2] if "\x00" not in name else ()
    if len(users) > 1:
        raise SeveralPeople
    return next((Whose(str(user.pk), user) for user in users), None)


def find_by_key(key: str) -> Whose:
    """Return the person with this primary key, whose account may be gone. Raises ``ValidationError``."""
    model: Any = get_user_model()
    known = model._meta.pk.to_python(key)
    return Whose(str(known), model._base_manager.filter(pk=known).first())
