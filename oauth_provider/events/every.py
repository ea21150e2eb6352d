"""Every event there is, in the order in which the code has them: for lists, filters and documentation."""

from oauth_provider.events import event, initial_token, status
from oauth_provider.events.event import Event
from oauth_provider.events.status import StatusChanged

EVENTS: tuple[type[Event], ...] = tuple(
    cls
    for module in (event, status, initial_token)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, Event) and cls not in (Event, StatusChanged)
    if cls.__module__ == module.__name__
)
