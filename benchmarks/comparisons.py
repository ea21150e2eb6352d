"""What is compared with what, and the ratio that is to be reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """One operation of one subject."""

    subject: str
    operation: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``goal`` is how many requests of ``ours`` are to be answered in the time of one of ``other``."""

    name: str
    ours: Side
    other: Side
    goal: float


def _with_dot(name: str, operation: str, goal: float) -> Comparison:
    return Comparison(name, Side("ours", operation), Side("dot", operation), goal)


def _with_unguarded(name: str, operation: str, goal: float) -> Comparison:
    return Comparison(name, Side("ours", operation), Side("ours", "unguarded"), goal)


COMPARISONS = (
    _with_dot("guarded view", "guarded", 3),
    _with_dot("client_credentials", "client_credentials", 3),
    _with_dot("code exchange", "code", 5),
    _with_dot("refresh", "refresh", 5),
    _with_dot("introspection", "introspection", 3),
    _with_unguarded("guarded / unguarded view", "guarded", 0.34),
)
