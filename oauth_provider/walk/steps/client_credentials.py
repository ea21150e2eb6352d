"""Client credentials grant (RFC 6749 §4.4): a program acts for itself, without a person."""

from oauth_provider.walk.scene import Credentials, Grant, Scene, Step, step
from oauth_provider.walk.steps.metadata import is_listed, read_metadata, why_refused
from oauth_provider.walk.steps.resource import call, call_without, check_active, check_dead, introspect
from oauth_provider.walk.steps.token_endpoint import Caller, check_refused, post, read_tokens, revoke
from oauth_provider.walk.transcript.words import refusal

WRONG_SECRET = "not-the-secret"


@step(
    "The program asks for a token",
    "RFC 6749 §4.4.2",
    "A nightly job, or one server calling another. No person, no browser: its secret is enough.",
    read_metadata,
)
def ask(scene: Scene) -> None:
    """Send the token request."""
    text = "The server says that it offers this grant"
    supported = scene.metadata.get("grant_types_supported")
    listed = is_listed(scene, "grant_types_supported", "client_credentials")
    scene.check("RFC 8414 §2", text, listed, expected="client_credentials", actual=supported)
    form = {"grant_type": "client_credentials"} | ({"scope": scene.target.scope} if scene.target.scope else {})
    tokens = read_tokens(scene, post(scene, "token_endpoint", form), scene.target.scope)
    text = "There is no refresh token: the program can ask again at any time"
    scene.check("RFC 6749 §4.4.3", text, not tokens.refresh_token, expected="none", actual=tokens.refresh_token)


@step("The program calls the API", "RFC 6750 §2.1", "With the token, as any app does.", ask)
def call_with(scene: Scene) -> None:
    """Call the API with the token. It may refuse a caller without a person, but must recognise the token."""
    answer = call(scene, scene.tokens.access_token)
    status = answer.response.status
    if status == 403 and "insufficient_scope" not in answer.response.headers.get("WWW-Authenticate", ""):
        text = "The API knows the token, but it keeps things for people, and none is behind it: 403, not 401"
        scene.check("RFC 9110 §15.5.4", text, True)
        return
    ok = 200 <= status < 300
    scene.check("RFC 6750 §2.1", "The API lets the program in", ok, expected=200, actual=refusal(answer))


@step("An API elsewhere asks what the token is worth", "RFC 7662 §2", "It learns that no person is behind it.", ask)
def ask_worth(scene: Scene) -> None:
    """Introspect the token as a client that may."""
    answer = introspect(scene, scene.tokens.access_token)
    check_active(scene, answer)
    about = answer.response.members()
    text = "It acts for nobody: there is no username"
    scene.check("RFC 7662 §2.2", text, "username" not in about, expected="none", actual=about.get("username"))


@step("The program gives its token back", "RFC 7009 §2.1", "When it is done, or the token has leaked.", ask)
def give_back(scene: Scene) -> None:
    """Revoke the token."""
    answer = revoke(scene, scene.tokens.access_token)
    ok = answer.response.status == 200
    scene.check("RFC 7009 §2.2", "The server answers 200", ok, expected=200, actual=why_refused(answer))
    check_dead(scene, scene.tokens, "RFC 7009 §2.1")


@step("Somebody without the secret asks", "RFC 6749 §5.2", "The client id is no secret. The secret is.", read_metadata)
def guess_secret(scene: Scene) -> None:
    """Send a wrong secret; expect 401 with a challenge (RFC 6749 §5.2)."""
    thief = Caller("Thief", Credentials(scene.target.client.client_id, WRONG_SECRET))
    form = {"grant_type": "client_credentials"}
    answer = post(scene, "token_endpoint", form, caller=thief)
    check_refused(scene, answer, "RFC 6749 §5.2", "A wrong secret is refused", error="invalid_client")


STEPS: tuple[Step, ...] = (read_metadata, ask, call_without, call_with, ask_worth, give_back, guess_secret)
GRANT = Grant("client_credentials", "A program asks for itself: no person takes part.", ("client_id",), Scene, STEPS)
