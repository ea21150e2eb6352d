"""The reference of events and signals, from ``events/every.py`` and ``events/signal_sink.py``."""

from dataclasses import fields

from django.dispatch import Signal

from docs._ext.reference import words
from oauth_provider import signals
from oauth_provider.events.event import Event
from oauth_provider.events.every import EVENTS
from oauth_provider.events.signal_sink import SIGNALS


def classes() -> list[type[Event]]:
    """Return every event, in the order in which the code has them."""
    return [*EVENTS]


def event_table() -> str:
    """Return a table of the events: kind, what happened, its fields, and whether it is a row of the audit."""
    rows = [
        [f"`{cls.kind()}`", words.markdown(cls.__doc__ or ""), _fields(cls), "yes" if cls.AUDITED else ""]
        for cls in classes()
    ]
    return words.table(["event", "what happened", "fields", "audited"], rows)


def signal_table() -> str:
    """Return a table of the signals: what they tell of, and the arguments that a receiver gets."""
    rows = []
    for name in (name for name, one in vars(signals).items() if isinstance(one, Signal)):
        told = [cls for cls, one in SIGNALS.items() if one is getattr(signals, name)]
        kinds = ", ".join(f"`{cls.kind()}`" for cls in told) or "every event; the sender is its class"
        rows.append([f"`{name}`", kinds, _fields(told[0]) if told else "`event`"])
    return words.table(["signal", "sent for", "arguments"], rows)


def _fields(cls: type[Event]) -> str:
    return ", ".join(f"`{one.name}`" for one in fields(cls))  # type: ignore[arg-type]  # each subclass is a dataclass
