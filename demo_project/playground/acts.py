"""What can be done in the playground: one table, and for each act what it sends."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from demo_project.playground import photo_book
from demo_project.playground.memory import Memory

Condition = Callable[[Memory], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something one can do: under which name, when, and how. ``is_attack``: a client should never do it."""

    name: str
    label: str
    about: str
    possible: Condition
    do: Callable[[Memory], object]
    is_attack: bool = False


def has_code(memory: Memory) -> bool:
    """A code came and was not redeemed."""
    return bool(memory.code) and not memory.code_spent


def has_tokens(memory: Memory) -> bool:
    """Tokens came; they may have ended since."""
    return bool(memory.access_token)


def can_refresh(memory: Memory) -> bool:
    """A refresh token came."""
    return bool(memory.refresh_tokens)


def may(scope: str) -> Condition:
    """Tokens came, and they are good for ``scope``."""
    return lambda memory: has_tokens(memory) and scope in memory.scope.split()


def has_picked(memory: Memory) -> bool:
    """Tokens came, for prints of one photo."""
    return has_tokens(memory) and bool(memory.photo)


def is_connected(memory: Memory) -> bool:
    """Tokens came, and nothing has ended them."""
    return can_refresh(memory) and not memory.ended


def is_challenged(memory: Memory) -> bool:
    """An API wants a newer sign-in."""
    return bool(memory.challenge)


def has_rotated(memory: Memory) -> bool:
    """There is a refresh token that has been replaced."""
    return is_connected(memory) and len(memory.refresh_tokens) > 1


def exchange(memory: Memory) -> None:
    """Redeem the code, once."""
    answered = memory.answered
    redeemed = photo_book.redeem(memory, answered.code_verifier if answered else "")
    # Whatever else went wrong is not the code's fault: it may be tried again.
    memory.code_spent = not redeemed.is_refused or redeemed.error == "invalid_grant"
    if redeemed.error == "invalid_grant":
        memory.ended = "The server does not honour the code any more."
    if redeemed.is_refused:
        return
    photo_book.take(memory, redeemed)
    if answered and answered.is_about_a_person:
        photo_book.check_id_token(memory, redeemed.members.get("id_token", ""))


def guess(memory: Memory) -> None:
    """Redeem the code as a thief would, who has not got the verifier."""
    photo_book.redeem(memory, secrets.token_urlsafe(48))


def ask_who(memory: Memory) -> None:
    """Ask whose token it is."""
    photo_book.ask_who(memory)


def call(memory: Memory) -> None:
    """Read the notes."""
    photo_book.call_api(memory)


def write(memory: Memory) -> None:
    """Write a note."""
    photo_book.call_api(memory, "POST")


def bare(memory: Memory) -> None:
    """Read the notes without a token."""
    photo_book.call_api(memory, with_token=False)


def refresh(memory: Memory) -> bool:
    """Refresh with the newest refresh token; whether it was granted."""
    refreshed = photo_book.refresh(memory, memory.refresh_tokens[-1])
    if not refreshed.is_refused:
        photo_book.take(memory, refreshed)
    elif refreshed.error == "invalid_grant" and not memory.ended:
        memory.ended = "The server does not honour the refresh token any more."
    return not refreshed.is_refused


def retry(memory: Memory) -> None:
    """Refresh with the token before the newest, as if the last answer had been lost."""
    repeated = photo_book.refresh(memory, memory.refresh_tokens[-2])
    if not repeated.is_refused:
        photo_book.take(memory, repeated)
    elif repeated.error == "invalid_grant":
        see_what_is_left(memory, "The server does not take this for a retry: a minute is all there is.")


def introspect(memory: Memory) -> None:
    """Let the API ask."""
    photo_book.introspect(memory)


def revoke(memory: Memory) -> None:
    """Give everything back."""
    if not photo_book.revoke(memory).is_refused:
        see_what_is_left(memory, "Photo Book gave its tokens back.")


def replay(memory: Memory) -> None:
    """Present a refresh token that was replaced long ago: its thief's, or its owner's, nobody can tell."""
    while len(memory.refresh_tokens) < photo_book.ROTATIONS_UNTIL_OLD:
        before = len(memory.refresh_tokens)
        if not refresh(memory):
            return
        if len(memory.refresh_tokens) == before:
            memory.notice = "This client keeps its refresh token, so there is no old one to replay."
            return
    if photo_book.refresh(memory, memory.refresh_tokens[0]).error != "invalid_grant":
        return
    if photo_book.call_api(memory).error != "invalid_token":
        # And no refresh now, with which the minute would begin again.
        memory.notice = (
            "An old refresh token was presented, and refused. Nothing ends yet: for a minute after a refresh it may "
            "come from another process of the application. Whoever presents it later ends every token of this sign-in."
        )
        return
    see_what_is_left(
        memory,
        "An old refresh token was presented. Either its thief or its owner holds the newer ones, and the server "
        "cannot know which.",
    )


def reuse(memory: Memory) -> None:
    """Redeem the code a second time."""
    answered = memory.answered
    if photo_book.redeem(memory, answered.code_verifier if answered else "").error == "invalid_grant":
        see_what_is_left(memory, "The code was presented a second time, so it has leaked.")


def see_what_is_left(memory: Memory, why: str) -> None:
    """Try the newest tokens, and say what came of it."""
    called = photo_book.call_api(memory)
    refreshed = photo_book.refresh(memory, memory.refresh_tokens[-1])
    if called.is_refused and refreshed.is_refused:
        memory.ended = f"{why} Every token of this sign-in has ended."
    else:
        memory.notice = f"{why} And yet the tokens still work."


ACTS = (
    Act(
        name="exchange",
        label="Exchange the code for tokens",
        about="Steps 4 and 5, from server to server.",
        possible=has_code,
        do=exchange,
    ),
    Act(name="call", label="Call the API", about="Steps 6 and 7: read your notes.", possible=has_tokens, do=call),
    Act(name="write", label="Write a note", about="Needs notes:write as well.", possible=has_tokens, do=write),
    Act(
        name="step_up",
        label="Sign in again",
        about="As Photos asked: the authorization request says max_age.",
        possible=is_challenged,
        do=photo_book.step_up,
    ),
    Act(
        name="photos",
        label="Call Photos",
        about="Another service, which asks what the token is worth.",
        possible=may("photos:read"),
        do=photo_book.call_photos,
    ),
    Act(
        name="print",
        label="Order a print",
        about="Photos wants a sign-in of the last minute.",
        possible=may("photos:print"),
        do=photo_book.order_print,
    ),
    Act(
        name="order",
        label="Print the photo",
        about="The one that you picked.",
        possible=has_picked,
        do=photo_book.order_picked,
    ),
    Act(name="who", label="Ask who you are", about="OpenID Connect.", possible=may("openid"), do=ask_who),
    Act(
        name="refresh",
        label="Refresh",
        about="New tokens, without asking you.",
        possible=can_refresh,
        do=refresh,
    ),
    Act(
        name="introspect",
        label="Look into the token",
        about="The API asks what it is worth.",
        possible=has_tokens,
        do=introspect,
    ),
    Act(
        name="retry",
        label="Repeat the last refresh",
        about="As if its answer had been lost: the same answer again.",
        possible=has_rotated,
        do=retry,
    ),
    Act(
        name="revoke",
        label="Disconnect",
        about="Give the tokens back, and see them dead.",
        possible=is_connected,
        do=revoke,
    ),
    Act(
        name="guess",
        label="Steal the code",
        about="Redeem it without the verifier.",
        possible=has_code,
        do=guess,
        is_attack=True,
    ),
    Act(
        name="bare",
        label="Call without a token",
        about="The API says what it wants.",
        possible=has_tokens,
        do=bare,
        is_attack=True,
    ),
    Act(
        name="other",
        label="Print another photo",
        about="One that you did not pick.",
        possible=has_picked,
        do=photo_book.order_other,
        is_attack=True,
    ),
    Act(
        name="replay",
        label="Replay an old refresh token",
        about="It opens nothing, and a minute later ends everything.",
        possible=is_connected,
        do=replay,
        is_attack=True,
    ),
    Act(
        name="reuse",
        label="Redeem the code again",
        about="And see everything die.",
        possible=is_connected,
        do=reuse,
        is_attack=True,
    ),
)


# The way through, for whoever presses the first button each time.
GUIDE = ("step_up", "exchange", "call", "photos", "print", "order", "introspect", "refresh", "replay", "reuse")


def next_act(memory: Memory) -> Act | None:
    """What to try next: the first act of the guide that is possible and has not been done."""
    if memory.ended:
        return None
    possible = {act.name: act for act in possible_acts(memory)}
    return next((possible[name] for name in GUIDE if name in possible and name not in memory.done), None)


def possible_acts(memory: Memory) -> list[Act]:
    """What can be done now, in the order of the table."""
    return [] if memory.is_full else [act for act in ACTS if act.possible(memory)]


def find_act(memory: Memory, name: str) -> Act | None:
    """The act called ``name``, if it can be done now."""
    return next((act for act in possible_acts(memory) if act.name == name), None)
