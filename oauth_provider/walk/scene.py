"""A walk through one grant: who takes part, the steps in order, and what each needs to have gone before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.walk.transcript.check import Check
from oauth_provider.walk.transcript.transcript import Transcript
from oauth_provider.walk.wire import Exchange, Request, Trouble, Unreachable, Wire


class Stop(Exception):
    """A step ends here, because what it found is told already and nothing can come of it."""


class Skip(Exception):
    """A step has nothing to play; the text says why."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client and its secret, empty where it has none."""

    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom to walk with: the server, the app, the person, the API.

    ``public_client_id`` is another app, which has no secret, so that its consent page is always shown.
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
        """What must not be shown."""
        others = self.resource_server.client_secret if self.resource_server else ""
        return self.client.client_secret, self.password, others


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token response held."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str


class Scene:
    """What the steps of a walk share. A grant with more to remember derives its own."""

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
        """The newest."""
        return self.issued[-1]

    def send(self, request: Request, wire: Wire | None = None) -> Exchange:
        """One exchange with the server, or over another ``wire``: no cookies."""
        exchange = (wire or self.app).send(request)
        self.transcript.exchange(exchange)
        return exchange

    @contextmanager
    def in_short(self) -> Iterator[None]:
        """What was seen before: exchanges take a line, and checks are shown only where they do not hold."""
        was, self.transcript.is_short = self.transcript.is_short, True
        try:
            yield
        finally:
            self.transcript.is_short = was

    def say(self, text: str) -> None:
        """Something to read, on the screen alone."""
        self.transcript.screen.note(text)

    def check(self, spec: str, text: str, ok: bool, *, expected: object = "", actual: object = "") -> bool:
        """Note whether ``text`` holds."""
        self.transcript.check(Check(spec, text, ok, str(expected), str(actual)))
        return ok

    def equal(self, spec: str, text: str, *, expected: object, actual: object) -> bool:
        """Note whether the two are the same."""
        return self.check(spec, text, expected == actual, expected=expected, actual=actual)

    def require(self, spec: str, text: str, ok: bool, *, expected: object = "", actual: object = "") -> None:
        """Note it, and end the step unless it holds."""
        if not self.check(spec, text, ok, expected=expected, actual=actual):
            raise Stop


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step: what it is called, where it is specified, why it is there, what it needs."""

    title: str
    spec: str
    why: str
    needs: tuple["Step", ...]
    play: Callable[[Any], None]


def step(title: str, spec: str, why: str, *needs: Step) -> Callable[[Callable[[Any], None]], Step]:
    """Make a step of a function that is handed the scene."""
    return lambda play: Step(title, spec, why, needs, play)


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that can be walked through. ``needs`` are the options that it cannot do without."""

    grant_type: str
    summary: str
    needs: tuple[str, ...]
    scene: type[Scene]
    steps: Sequence[Step]


def play(grant: Grant, scene: Scene) -> None:
    """Play every step whose needs are met. Raises ``Unreachable`` where the server is gone."""
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
    """Play a step; trouble in it is a check that failed. Raises ``Skip``, ``Stop`` and ``Unreachable``."""
    try:
        one.play(scene)
    except Unreachable:
        raise
    except Trouble as trouble:
        scene.check(one.spec, str(trouble), False)
        raise Stop from trouble
