"""What is compared with what, and the ratio that is to be reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """One operation of one subject."""

    subject: str
    operation: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``goal`` is how many requests of ``ours`` are to be answered in the time of one of ``other``; None: any."""

    name: str
    ours: Side
    other: Side
    goal: float | None = None


def _with_dot(name: str, operation: str, goal: float) -> Comparison:
    return Comparison(name, Side("ours", operation), Side("dot", operation), goal)


COMPARISONS = (
    _with_dot("guarded view", "guarded", 3),
    _with_dot("client_credentials", "client_credentials", 3),
    _with_dot("code exchange", "code", 5),
    _with_dot("refresh", "refresh", 5),
    _with_dot("introspection", "introspection", 3),
    Comparison("guarded / unguarded view", Side("ours", "guarded"), Side("ours", "unguarded"), 0.34),
    Comparison("JWT / unguarded view", Side("jwt", "guarded"), Side("jwt", "unguarded"), 0.80),
    # What opting in to VERIFICATION_CACHE_LIFETIME brings.
    Comparison("remembered token", Side("remembering", "guarded"), Side("dot", "guarded")),
    Comparison("remembered / unguarded view", Side("remembering", "guarded"), Side("remembering", "unguarded")),
)
