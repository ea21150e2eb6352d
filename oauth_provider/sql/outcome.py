"""Outcomes: the decision of a verb to write, to answer and to tell, as a value that ``sql.commit`` writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from django.db.models import Model

from oauth_provider.events.event import Event
from oauth_provider.protocol.errors import OAuthError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hold:
    """Rely on a row that was read: nobody changes it before this is committed."""

    row: Model


@dataclass(frozen=True, slots=True)
class Change:
    """Set columns of a row that was read. ``values`` are by the names of its fields."""

    row: Model
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Add:
    """Insert a row. It may hang on rows that are added before it."""

    row: Model


Write: TypeAlias = Hold | Change | Add


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The decision of a verb.

    ``answer`` is returned once all is written; an error is raised then, and what was written stays. ``writes`` are done
    in order, all or none. ``then`` are statements of their own in the same transaction, which must see what others have
    committed meanwhile: each is called with the alias. ``events`` are told after the commit.
    """

    answer: T | OAuthError = field(repr=False)
    writes: tuple[Write, ...] = ()
    then: tuple[Callable[[str], object], ...] = ()
    events: tuple[Event, ...] = ()

    def result(self) -> T:
        """Return the answer, or raise it where it is an error."""
        if isinstance(self.answer, OAuthError):
            raise self.answer
        return self.answer
