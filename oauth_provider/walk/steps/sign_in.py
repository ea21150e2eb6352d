"""Trip of a person from the app to the server and back (RFC 6749 §4.1.1 and §4.1.2), in a browser of their own."""

import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from oauth_provider.protocol.pkce import s256
from oauth_provider.walk.browser import Arrived, Browser, Place
from oauth_provider.walk.scene import Scene, Target, Tokens
from oauth_provider.walk.steps.token_endpoint import Caller, post
from oauth_provider.walk.transcript.transcript import Transcript
from oauth_provider.walk.transcript.words import describe, refusal
from oauth_provider.walk.wire import Exchange, Trouble, Wire

RANDOM_BYTES = 32


def random_text() -> str:
    """Return a random ``state`` or code verifier (RFC 7636 §4.1)."""
    return secrets.token_urlsafe(RANDOM_BYTES)


@dataclass(slots=True)
class Visit:
    """One trip. ``last`` is the browser's last exchange, ``answer`` the parameters of the redirect back."""

    scope: str
    state: str = field(default_factory=random_text)
    code_verifier: str = field(default_factory=random_text)
    last: Exchange | None = None
    place: Place | None = None
    answer: dict[str, str] = field(default_factory=dict)


class CodeScene(Scene):
    """Scene with a person's browser.

    ``used`` has a refresh token that was used up; ``retries`` says that the server repeats its answer to one.
    """

    def __init__(self, target: Target, transcript: Transcript) -> None:
        super().__init__(target, transcript)
        self.browser = Browser(
            Wire(target.url, keeps_cookies=True),
            (target.redirect_uri, target.public_redirect_uri),
            transcript.exchange,
        )
        self.visit = Visit(target.scope)
        self.used: Tokens | None = None
        self.retries = False

    def leave(self, **changes: str) -> Exchange:
        """Open the authorization endpoint with the parameters of the visit (RFC 6749 §4.1.1); one hop."""
        parameters = {
            "response_type": "code",
            "client_id": self.target.client.client_id,
            "redirect_uri": self.target.redirect_uri,
            "scope": self.visit.scope,
            "state": self.visit.state,
            "code_challenge": s256(self.visit.code_verifier),
            "code_challenge_method": "S256",
        } | changes
        endpoint = self.metadata["authorization_endpoint"]
        query = urlencode({name: value for name, value in parameters.items() if value})
        self.visit.last = self.browser.open(f"{endpoint}{'&' if '?' in endpoint else '?'}{query}")
        return self.visit.last

    def arrive(self) -> Place:
        """Return the place where the browser ends up after its last exchange."""
        if self.visit.last is None:
            raise Trouble("The browser has not left for the server yet.")
        self.visit.place = self.browser.follow(self.visit.last)
        return self.visit.place

    def sign_in_again(self) -> None:
        """Make the whole trip again, to get another code. The server knows who is signed in."""
        self.visit = Visit(self.target.scope)
        self.leave()
        self.visit.place = press(self, self.arrive(), "allow")
        check_code(self)

    def redeem(self, code_verifier: str = "", actor: str = "App") -> Exchange:
        """Present the code of the visit (RFC 6749 §4.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": self.visit.answer["code"],
            "redirect_uri": self.target.redirect_uri,
            "code_verifier": code_verifier or self.visit.code_verifier,
        }
        return post(self, "token_endpoint", form, Caller(actor, self.target.client))


def press(scene: CodeScene, place: Place, decision: str) -> Place:
    """Press a button of the consent page, and return where the browser ends up.

    Nothing is pressed where it is already back at the app.
    """
    if isinstance(place, Arrived):
        return place
    form = place.page.decision_form()
    button = form.button(decision) if form is not None else None
    if form is None or button is None:
        raise Trouble(f"The consent page was due; {place.url} answers {refusal(place.exchange)}")
    said = {**form.choices(), **form.ticked(), button.name: button.value}
    return scene.browser.follow(scene.browser.submit(place, form, said))


def arrival(scene: CodeScene) -> Arrived:
    """Return the browser's place, back at the app, and store the parameters. Raise ``Trouble`` if it is elsewhere."""
    place = scene.visit.place
    if not isinstance(place, Arrived):
        said = "" if place is None else f" {place.url} answers {refusal(place.exchange)}"
        raise Trouble(f"The browser was not sent back to the app.{said}")
    scene.visit.answer = parameters_of(place.url)
    return place


def check_code(scene: CodeScene) -> None:
    """Check the authorization response of a trip that was allowed."""
    place = arrival(scene)
    answer = scene.visit.answer
    if "error" in answer:
        raise Trouble(f"The server sent the browser back with an error: {describe(answer)}")
    spec = "RFC 6749 §4.1.2"
    scene.require(spec, "It carries a code", bool(answer.get("code")), expected="a code", actual=sorted(answer))
    check_redirect(scene, place)
    text = "No token rides in the URL, where logs and histories would keep it"
    scene.check("RFC 9700 §2.1.2", text, "access_token" not in answer, expected="none", actual=sorted(answer))


def check_redirect(scene: CodeScene, place: Arrived) -> None:
    """Check every authorization response, code or error: the redirect, ``state``, ``iss``."""
    answer, status = scene.visit.answer, place.exchange.response.status
    text = "The redirect takes no form along to the app: it is 302 or 303"
    scene.check("RFC 9700 §4.12", text, status in (302, 303), expected="302 or 303", actual=status)
    scene.require(
        "RFC 6749 §4.1.2",
        "state is the one that was sent: the answer belongs to this browser",
        answer.get("state") == scene.visit.state,
        expected=scene.visit.state,
        actual=answer.get("state", "no state"),
    )
    scene.require(
        "RFC 9207 §2.4",
        "iss names the server that was asked: the answer is no other server's",
        answer.get("iss") == scene.target.url,
        expected=scene.target.url,
        actual=answer.get("iss", "no iss"),
    )


def parameters_of(url: str) -> dict[str, str]:
    """Return the parameters in the query and fragment of a redirect."""
    parts = urlsplit(url)
    return dict(parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=True))
