"""Refusals of authorization requests (RFC 6749 §4.1.2.1): a foreign redirect URI, and a person who says no."""

from oauth_provider.walk.browser import Arrived
from oauth_provider.walk.scene import Skip, Step, step
from oauth_provider.walk.steps.sign_in import CodeScene, Visit, arrival, check_redirect, parameters_of, press
from oauth_provider.walk.transcript.words import refusal

STRANGER = "https://attacker.example/callback"


def change_redirect_uri(scene: CodeScene) -> None:
    """Send a redirect URI that is not the app's."""
    exchange = scene.leave(redirect_uri=STRANGER)
    response = exchange.response
    text = "The server tells the person, and sends the browser nowhere"
    ok = response.status == 400 and "Location" not in response.headers
    actual = response.headers.get("Location") or refusal(exchange)
    scene.check("RFC 6749 §4.1.2.1", text, ok, expected="400 and no redirect", actual=actual)


def say_no(scene: CodeScene) -> None:
    """Press Cancel.

    ``prompt=consent`` asks for the page even where consent is remembered; not every server knows it.
    """
    target = scene.target
    scene.visit = Visit(target.scope)
    if target.public_client_id:
        scene.say(
            "Another app asks this time, one that is installed on a device. It has no secret, so any other could pose "
            "as it: the person is asked whenever it comes (RFC 8252 §8.6)."
        )
        scene.leave(client_id=target.public_client_id, redirect_uri=target.public_redirect_uri)
    else:
        scene.leave(prompt="consent")
    place = scene.arrive()
    if isinstance(place, Arrived) and "code" in parameters_of(place.url):
        raise Skip("this person has agreed before, and the server remembers, so nobody is asked")
    scene.visit.place = press(scene, place, "deny")
    back = arrival(scene)
    scene.transcript.screen.arrival(back.url)
    check_redirect(scene, back)
    answer, spec = scene.visit.answer, "RFC 6749 §4.1.2.1"
    scene.equal(spec, "The app is told access_denied", expected="access_denied", actual=answer.get("error"))
    scene.check(spec, "It gets no code", "code" not in answer, expected="no code", actual=sorted(answer))


def steps(metadata: Step, login: Step) -> tuple[Step, ...]:
    """Return these steps in order."""
    return (
        step(
            "An attacker changes where the code goes",
            "RFC 6749 §4.1.2.1",
            "The same link, but with the attacker's own redirect_uri. It is not registered for this app.",
            metadata,
        )(change_redirect_uri),
        step(
            "The person says no",
            "RFC 6749 §4.1.2.1",
            "Whoever is asked can also press Cancel. The app gets nothing, and is told so.",
            login,
        )(say_no),
    )
