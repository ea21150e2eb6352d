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


def _with_dot(name: str, operation: str, goal: float | None = None, *, other: str = "dot") -> Comparison:
    return Comparison(name, Side("ours", operation), Side(other, operation), goal)


def _by_psycopg(name: str, operation: str) -> Comparison:
    return Comparison(f"{name}, psycopg prepares", Side("ours_psycopg", operation), Side("dot_psycopg", operation))


def _over_floor(name: str, operation: str, floor: str, times: float) -> Comparison:
    """``times``: how many times its floor it may cost."""
    return Comparison(f"{name} / its floor", Side("ours", operation), Side("dot_psycopg", floor), round(1 / times, 2))


def _unguarded(name: str, subject: str, operation: str, goal: float | None = None) -> Comparison:
    return Comparison(f"{name} / unguarded view", Side(subject, operation), Side(subject, "unguarded"), goal)


COMPARISONS = (
    _with_dot("guarded view", "guarded", 3),
    _with_dot("client_credentials", "client_credentials", 3),
    _with_dot("code exchange", "code", 5),
    _with_dot("refresh", "refresh", 5),
    _with_dot("introspection", "introspection", 3),
    _with_dot("revocation", "revocation", 2.5),
    _with_dot("remembered consent", "remembered_consent", 2),
    _with_dot("consent page, seen and allowed", "consent_page", 1),
    _with_dot("userinfo", "userinfo", other="dot_oidc"),
    _with_dot("discovery", "discovery", other="dot_oidc"),
    _by_psycopg("guarded view", "guarded"),
    _by_psycopg("client_credentials", "client_credentials"),
    _by_psycopg("code exchange", "code"),
    _by_psycopg("refresh", "refresh"),
    _by_psycopg("introspection", "introspection"),
    _over_floor("guarded view", "guarded", "floor_guarded", 1.15),
    _over_floor("client_credentials", "client_credentials", "floor_one", 1.7),
    _over_floor("code exchange", "code", "floor_two", 1.7),
    _over_floor("refresh", "refresh", "floor_two", 1.7),
    _unguarded("guarded", "ours", "guarded", 0.34),
    _unguarded("JWT", "jwt", "guarded", 0.80),
    _unguarded("JWT verified at each call, RS256", "jwt_rs256", "guarded_anew", 0.55),
    _unguarded("JWT verified at each call, ES256", "jwt", "guarded_anew", 0.45),
    # What opting in to VERIFICATION_CACHE_LIFETIME brings.
    Comparison("remembered token", Side("remembering", "guarded"), Side("dot", "guarded")),
    _unguarded("remembered", "remembering", "guarded"),
)

EVERY_FLOW = {one.name: one.ours.operation for one in COMPARISONS if one.ours.subject == "ours" and "/" not in one.name}
