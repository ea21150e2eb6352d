"""Walk through one grant: its participants, its steps in order, and the steps that each of them needs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.walk.transcript.check import Check
from oauth_provider.walk.transcript.transcript import Transcript
from oauth_provider.walk.wire import Exchange, Request, Trouble, Unreachable, Wire


class Stop(Exception):
    """The step ends here: its finding is reported already, and the rest needs it."""


class Skip(Exception):
    """The step cannot be played; the text says why."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Client identifier and secret; the secret is "" for a client without one."""

    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Participants of the walk: the server, the app, the person, the API.

    ``public_client_id`` is another app, without a secret, so that its consent page is always shown.
    """

    url: str
    client: Credentials
    redirect_uri: str = ""
    scope: str = ""
    public_client_id: str = ""
    public_redirect_uri: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    api: str = ""
    resource_server: Credentials | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the secrets that must not be shown."""
        others = self.resource_server.client_secret if self.resource_server else ""
        return self.client.client_secret, self.password, others


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens and scope of one token response."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str


class Scene:
    """State shared by the steps of a walk. A grant that needs more derives its own class."""

    def __init__(self, target: Target, transcript: Transcript) -> None:
        self.target = target
        self.transcript = transcript
        self.app = Wire(target.url)
        # Its own, so that nothing the metadata says can send the API more than the access token.
        self.api = Wire(target.api) if target.api else None
        self.metadata: dict[str, Any] = {}
        self.issued: list[Tokens] = []

    @property
    def tokens(self) -> Tokens:
        """Return the newest tokens."""
        return self.issued[-1]

    def send(self, request: Request, wire: Wire | None = None) -> Exchange:
        """Send one request without cookies, to the server or over another ``wire``, and return the exchange."""
        exchange = (wire or self.app).send(request)
        self.transcript.exchange(exchange)
        return exchange

    @contextmanager
    def in_short(self) -> Iterator[None]:
        """Show repeated parts in short: one line for each exchange, and only checks that fail."""
        was, self.transcript.is_short = self.transcript.is_short, True
        try:
            yield
        finally:
            self.transcript.is_short = was

    def say(self, text: str) -> None:
        """Print a remark, on the screen only."""
        self.transcript.screen.note(text)

    def check(self, spec: str, text: str, ok: bool, *, expected: object = "", actual: object = "") -> bool:
        """Record whether ``text`` holds, and return ``ok``."""
        self.transcript.check(Check(spec, text, ok, str(expected), str(actual)))
        return ok

    def equal(self, spec: str, text: str, *, expected: object, actual: object) -> bool:
        """Record whether both values are equal, and return it."""
        return self.check(spec, text, expected == actual, expected=expected, actual=actual)

    def require(self, spec: str, text: str, ok: bool, *, expected: object = "", actual: object = "") -> None:
        """Record whether ``text`` holds. Raise ``Stop`` if it does not."""
        if not self.check(spec, text, ok, expected=expected, actual=actual):
            raise Stop


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step: its title, specification, reason, needed steps, and the function that plays it."""

    title: str
    spec: str
    why: str
    needs: tuple["Step", ...]
    play: Callable[[Any], None]


def step(title: str, spec: str, why: str, *needs: Step) -> Callable[[Callable[[Any], None]], Step]:
    """Return a decorator that makes a step of a function of the scene."""
    return lambda play: Step(title, spec, why, needs, play)


@dataclass(frozen=True, slots=True)
class Grant:
    """Grant that can be walked through. ``needs`` are its required options."""

    grant_type: str
    summary: str
    needs: tuple[str, ...]
    scene: type[Scene]
    steps: Sequence[Step]


def play(grant: Grant, scene: Scene) -> None:
    """Play every step whose needed steps have succeeded. Raise ``Unreachable`` where the server is gone."""
    done: set[Step] = set()
    transcript = scene.transcript
    transcript.begin_walk(grant.grant_type, grant.summary)
    for one in grant.steps:
        missing = next((need for need in one.needs if need not in done), None)
        if missing is not None:
            number = list(grant.steps).index(missing) + 1
            transcript.skip(one.title, one.spec, f"since it needs step {number}")
            continue
        transcript.begin(one.title, one.spec, one.why)
        try:
            play_one(one, scene)
        except Skip as skip:
            transcript.abandon(str(skip))
        except Stop:
            pass
        else:
            done.add(one)


def play_one(one: Step, scene: Scene) -> None:
    """Play a step; report trouble as a failed check. Raise ``Skip``, ``Stop`` and ``Unreachable``."""
    try:
        one.play(scene)
    except Unreachable:
        raise
    except Trouble as trouble:
        scene.check(one.spec, str(trouble), False)
        raise Stop from trouble
