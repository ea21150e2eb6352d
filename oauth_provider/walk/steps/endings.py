"""Ends of access (RFC 7009, RFC 6749 §4.1.2): revoked by the app, or because a code was used twice."""

from oauth_provider.walk.scene import Step, step
from oauth_provider.walk.steps.metadata import why_refused
from oauth_provider.walk.steps.resource import check_dead
from oauth_provider.walk.steps.sign_in import CodeScene, random_text
from oauth_provider.walk.steps.token_endpoint import check_refused, read_tokens, revoke
from oauth_provider.walk.steps.token_endpoint import refresh as ask_for_more


def give_back(scene: CodeScene) -> None:
    """Revoke a token: the sign-in ends, whichever of its tokens is revoked."""
    with scene.in_short():
        scene.sign_in_again()
        tokens = read_tokens(scene, scene.redeem(), scene.visit.scope)
    token, hint = (tokens.refresh_token, "refresh_token") if tokens.refresh_token else (tokens.access_token, "")
    spec = "RFC 7009 §2.2"
    answer = revoke(scene, token, hint)
    ok = answer.response.status == 200
    scene.check(spec, "The server answers 200", ok, expected=200, actual=why_refused(answer))
    check_dead(scene, tokens, "RFC 7009 §2.1")
    if tokens.refresh_token:
        with scene.in_short():
            refused = ask_for_more(scene, tokens)
        check_refused(scene, refused, "RFC 7009 §2.1", "The refresh token is dead as well")
    answer = revoke(scene, random_text())
    text = "A token that nobody knows is answered alike, so nothing can be learned by trying"
    ok = answer.response.status == 200
    scene.check(spec, text, ok, expected=200, actual=why_refused(answer))


def use_code_twice(scene: CodeScene) -> None:
    """Redeem a code twice."""
    with scene.in_short():
        scene.sign_in_again()
        tokens = read_tokens(scene, scene.redeem(), scene.visit.scope)
    spec = "RFC 6749 §4.1.2"
    check_refused(scene, scene.redeem(actor="Thief"), spec, "The second use of the code is refused")
    check_dead(scene, tokens, spec)
    if tokens.refresh_token:
        with scene.in_short():
            refused = ask_for_more(scene, tokens)
        check_refused(scene, refused, spec, "The refresh token of the first use is dead")


def guess_verifier(scene: CodeScene) -> None:
    """Redeem a code without the secret behind its challenge."""
    with scene.in_short():
        scene.sign_in_again()
    refused = scene.redeem(random_text(), "Thief")
    check_refused(scene, refused, "RFC 7636 §4.6", "A code with another code_verifier is refused")


def steps(exchange: Step) -> tuple[Step, ...]:
    """Return these steps in order; each signs in again, as ``exchange`` did."""
    return (
        step(
            "The app gives its tokens back",
            "RFC 7009 §2.1",
            "The person disconnects the app, or logs out of it: the app tells the server, and the tokens are good no "
            "more. (A new sign-in first, since the last one has just been ended. The server remembers the person.)",
            exchange,
        )(give_back),
        step(
            "A code is used twice",
            "RFC 6749 §4.1.2",
            "A code that comes twice was seen by somebody else. What it gave is taken back.",
            exchange,
        )(use_code_twice),
        step(
            "A stolen code is used without its code_verifier",
            "RFC 7636 §4.6",
            "A thief who reads the redirect has the code. The code_verifier never left the app.",
            exchange,
        )(guess_verifier),
    )
