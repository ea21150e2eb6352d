"""Run of the walk: one grant after the other; at the end every issued token is revoked (RFC 7009)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from oauth_provider.walk.scene import Grant, Scene, Skip, Target, play
from oauth_provider.walk.steps.token_endpoint import revoke
from oauth_provider.walk.transcript.masking import hint
from oauth_provider.walk.transcript.transcript import Transcript
from oauth_provider.walk.wire import Trouble, Unreachable

BrokenOff = Unreachable | KeyboardInterrupt | BrokenPipeError


@dataclass(frozen=True, slots=True)
class Result:
    """Result of a run.

    ``broken_off`` is what ended it too early; ``living`` are those of the ``issued`` tokens that the server did not
    revoke.
    """

    url: str
    transcript: Transcript
    broken_off: BrokenOff | None = None
    issued: int = 0
    living: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Does every check hold, was at least one made, and are all tokens revoked?"""
        is_whole = self.broken_off is None and not self.living
        return is_whole and not self.transcript.failures and self.transcript.passed > 0

    @property
    def error(self) -> str:
        """Return why the walk was broken off; "" where it was not."""
        if self.broken_off is None or isinstance(self.broken_off, Unreachable):
            return str(self.broken_off or "")
        return "Stopped" if isinstance(self.broken_off, KeyboardInterrupt) else "Nobody reads on"

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        walks = [walk.as_json() for walk in self.transcript.walks]
        return {
            "url": self.url,
            "ok": self.ok,
            "error": self.error or None,
            "not_revoked": list(self.living),
            "walks": walks,
        }


def run(url: str, walks: Iterable[tuple[Grant, Target]], transcript: Transcript) -> Result:
    """Walk through each grant with its target, and return the result. Stop where the server cannot be reached."""
    broken_off: BrokenOff | None = None
    issued, living = 0, list[str]()
    for grant, target in walks:
        scene = grant.scene(target, transcript)
        try:
            transcript.screen.cast(target.url, target.client.client_id, target.username)
            play(grant, scene)
        except (Unreachable, KeyboardInterrupt, BrokenPipeError) as error:
            broken_off = error
        finally:
            issued += len(scene.issued)
            living += tidy_up(scene)
        if broken_off is not None:
            break
    return Result(url, transcript, broken_off, issued, tuple(living))


def tidy_up(scene: Scene) -> list[str]:
    """Revoke every token that was issued, even after a walk was broken off. Return those that may still be good."""
    # The newest first, since they are the likeliest to live. What one revocation takes along is the server's affair.
    living = {
        token: kind
        for one in scene.issued[::-1]
        for kind, token in (("refresh token", one.refresh_token), ("access token", one.access_token))
        if token
    }
    watched, scene.transcript = scene.transcript, scene.transcript.unwatched()
    # Where nobody answers or nobody waits, the others are not tried.
    with suppress(Unreachable, KeyboardInterrupt):
        for token in tuple(living):
            if is_revoked(scene, token):
                del living[token]
    scene.transcript = watched
    return [f"{kind} {hint(token)}" for token, kind in living.items()]


def is_revoked(scene: Scene, token: str) -> bool:
    """Revoke ``token``; does the server confirm it? Raise ``Unreachable``."""
    try:
        return revoke(scene, token).response.status == 200
    except Unreachable:
        raise
    except (Trouble, Skip):
        return False
