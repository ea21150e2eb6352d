"""Authorization code grant (RFC 6749 §4.1): a person lets an app use an API, step by step."""

from oauth_provider.walk.browser import Arrived
from oauth_provider.walk.page import read_page
from oauth_provider.walk.scene import Grant, step
from oauth_provider.walk.steps import endings, refresh, refusals
from oauth_provider.walk.steps.inside import look_inside
from oauth_provider.walk.steps.metadata import is_listed, read_metadata
from oauth_provider.walk.steps.resource import call, call_without, check_active, introspect
from oauth_provider.walk.steps.sign_in import CodeScene, check_code, parameters_of, press
from oauth_provider.walk.steps.token_endpoint import read_tokens
from oauth_provider.walk.transcript.words import describe, page_text, refusal
from oauth_provider.walk.wire import Trouble


@step(
    "The app sends the person to the server",
    "RFC 6749 §4.1.1",
    "The app must never see the password. So it sends the browser away, with a note that says who asks, for what, "
    "and where to come back to.",
    read_metadata,
)
def ask(scene: CodeScene) -> None:
    """Send the authorization request, with PKCE (RFC 7636 §4.3)."""
    text = "The server says that it takes PKCE with S256"
    supported = scene.metadata.get("code_challenge_methods_supported")
    listed = is_listed(scene, "code_challenge_methods_supported", "S256")
    scene.check("RFC 9700 §2.1.1", text, listed, expected="S256", actual=supported)
    # So that there is a consent page to be seen, also where a yes is remembered.
    asks = is_listed(scene, "prompt_values_supported", "consent")
    exchange = scene.leave(prompt="consent" if asks else "")
    location = exchange.response.location
    if scene.browser.is_the_apps(location) and "error" in (answer := parameters_of(location)):
        raise Trouble(f"The server sends the browser back with an error: {describe(answer)}")
    if exchange.response.status >= 400:
        raise Trouble(f"The server shows the person an error page. It says {refusal(exchange)}")
    scene.check("RFC 6749 §4.1.1", "The server takes the request, and goes on with the person", True)


@step(
    "The person logs in",
    "RFC 6749 §3.1",
    "This is between the person and the server alone: the server's own page, and whatever proof it likes.",
    ask,
)
def log_in(scene: CodeScene) -> None:
    """Fill in the login form. A browser that is already signed in does not see one."""
    place = scene.arrive()
    if isinstance(place, Arrived) or place.page.decision_form() is not None:
        scene.say("No login page was shown: the server knows this browser already.")
        return
    form = place.page.login_form()
    fields = form.login_fields() if form is not None else None
    if form is None or fields is None:
        raise Trouble(f"No login form was found. {place.url} says: {page_text(place.exchange)}")
    username, password = fields
    typed = {username: scene.target.username, password: scene.target.password}
    answer = scene.visit.last = scene.browser.submit(place, form, typed)
    if read_page(answer.response.body).login_form() is not None:
        raise Trouble(
            f"The server does not let {scene.target.username} in: check the username and the password. "
            f"Its page says: {page_text(answer)}"
        )
    if answer.response.status >= 400:
        raise Trouble(f"Logging in failed with {refusal(answer)}")
    scene.check("RFC 6749 §3.1", "The server knows who the person is", True)


@step(
    "The person says yes",
    "RFC 6749 §4.1",
    "Back at the authorization endpoint, the server asks: may this app do that?",
    log_in,
)
def consent(scene: CodeScene) -> None:
    """Press Allow on the consent page."""
    place = scene.arrive()
    if isinstance(place, Arrived):
        scene.say("Nobody is asked this time: this person has agreed before, and the server remembers.")
    scene.visit.place = press(scene, place, "allow")
    is_back, text = isinstance(scene.visit.place, Arrived), "The server lets the person go back to the app"
    scene.check("RFC 6749 §4.1", text, is_back, expected="a redirect to the app", actual=scene.visit.place.url)


@step(
    "The server sends the person back, with a code",
    "RFC 6749 §4.1.2",
    "The code opens nothing. It can be exchanged for tokens: once, soon, and by this app alone. (The redirect is read "
    "and not fetched: the app, here, is this command.)",
    consent,
)
def come_back(scene: CodeScene) -> None:
    """Check the authorization response: code, state, iss."""
    if scene.visit.place is not None:
        scene.transcript.screen.arrival(scene.visit.place.url)
    check_code(scene)


@step(
    "The app exchanges the code for tokens",
    "RFC 6749 §4.1.3",
    "The app calls the server itself, with no browser in between. It shows the code, proves who it is (by its "
    "secret, if it has one), and proves that it began this trip (PKCE).",
    come_back,
)
def exchange(scene: CodeScene) -> None:
    """Send the token request."""
    tokens = read_tokens(scene, scene.redeem(), scene.visit.scope)
    look_inside(scene, tokens.access_token)


@step(
    "The app calls the API with the token",
    "RFC 6750 §2.1",
    "What all of it was for: the app acts for the person, without ever having held the password.",
    exchange,
)
def call_with(scene: CodeScene) -> None:
    """Call the API with the token; expect 200."""
    answer = call(scene, scene.tokens.access_token)
    ok = 200 <= answer.response.status < 300
    scene.check(
        "RFC 6750 §2.1", "The API lets the app in", ok, expected="200", actual=refusal(answer) if not ok else ""
    )


@step(
    "An API elsewhere asks what the token is worth",
    "RFC 7662 §2",
    "An API on another machine cannot look into the server's database. It asks, and proves who it is.",
    exchange,
)
def ask_worth(scene: CodeScene) -> None:
    """Introspect the token as a client that may."""
    answer = introspect(scene, scene.tokens.access_token)
    check_active(scene, answer)
    about = answer.response.members()
    text = "It acts for a person: sub says for whom"
    scene.check("RFC 7662 §2.2", text, bool(about.get("sub")), expected="a sub", actual=sorted(about))


GRANT = Grant(
    "authorization_code",
    "A person lets an app use an API for them, and the app never sees their password.",
    ("client_id", "redirect_uri", "username", "password"),
    CodeScene,
    (
        read_metadata,
        ask,
        log_in,
        consent,
        come_back,
        exchange,
        call_without,
        call_with,
        ask_worth,
        *refresh.steps(exchange),
        *endings.steps(exchange),
        *refusals.steps(read_metadata, log_in),
    ),
)
