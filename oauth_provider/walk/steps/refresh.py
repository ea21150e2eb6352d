"""Refreshing (RFC 6749 §6): new tokens without the person, a repeated answer, and a stolen token that is detected."""

from oauth_provider.walk.scene import Skip, Step, Tokens, step
from oauth_provider.walk.steps.metadata import why_refused
from oauth_provider.walk.steps.resource import check_dead
from oauth_provider.walk.steps.sign_in import CodeScene
from oauth_provider.walk.steps.token_endpoint import check_refused, read_tokens, text_of
from oauth_provider.walk.steps.token_endpoint import refresh as ask_for_more

ROTATION = "RFC 9700 §4.14.2"


def refresh(scene: CodeScene) -> None:
    """Exchange the refresh token for new tokens."""
    first = scene.tokens
    if not first.refresh_token:
        raise Skip("the server gave this app no refresh token")
    renewed = read_tokens(scene, ask_for_more(scene, first), first.scope)
    text = "The access token is a new one"
    is_new = renewed.access_token != first.access_token
    scene.check("RFC 6749 §6", text, is_new, expected="another access token", actual="the same one")
    is_kept = renewed.refresh_token in ("", first.refresh_token)
    if is_kept and scene.target.client.client_secret:
        scene.say("The app keeps its refresh token, as one with a secret may: nobody else can use it.")
        return
    text = "The refresh token is a new one: each is for one use"
    scene.require(ROTATION, text, not is_kept, expected="another refresh token", actual="the same one")
    scene.used = first


def retry(scene: CodeScene) -> None:
    """Send the same refresh token again at once: a lost answer, or without a retry window a replay."""
    used, renewed = used_token(scene), scene.tokens
    exchange = ask_for_more(scene, used)
    members = exchange.response.members()
    if exchange.response.status == 400 and members.get("error") == "invalid_grant":
        scene.check(ROTATION, "The server has no such mercy, as it may: the second use is a replay", True)
        return
    same = text_of(members, "access_token"), text_of(members, "refresh_token")
    text = "The answer is the same tokens again: the repetition is worth no more than the first answer"
    ok = exchange.response.status == 200 and same == (renewed.access_token, renewed.refresh_token)
    expected = f"{renewed.access_token}, {renewed.refresh_token}"
    scene.check(ROTATION, text, ok, expected=expected, actual=", ".join(same) if any(same) else why_refused(exchange))
    scene.retries = True
    if not ok and any(same):
        read_tokens(scene, exchange, used.scope)


def replay(scene: CodeScene) -> None:
    """Send an old refresh token after the app has gone on: two parties have it, so the sign-in ends.

    A server that repeats answers may wait until its window is over, since processes of one app share a token.
    """
    stolen = used_token(scene)
    if scene.retries:
        scene.say("The app goes on and refreshes once more …")
        with scene.in_short():
            read_tokens(scene, ask_for_more(scene, scene.tokens), scene.tokens.scope)
        scene.say("… and then somebody shows the first refresh token, from a backup or a log:")
    newest = scene.tokens
    text = "The old refresh token is refused"
    check_refused(scene, ask_for_more(scene, stolen, "Thief"), ROTATION, text)
    if scene.retries and goes_on(scene, newest):
        return
    scene.say("Who is the thief, and who the app? The server cannot know, so it ends the sign-in for both:")
    check_dead(scene, newest, ROTATION)
    text = "The newest refresh token is dead as well"
    with scene.in_short():
        refused = ask_for_more(scene, newest)
    check_refused(scene, refused, ROTATION, text)


def goes_on(scene: CodeScene, newest: Tokens) -> bool:
    """Does the newest refresh token still serve, as it may for as long as the server repeats answers?"""
    with scene.in_short():
        exchange = ask_for_more(scene, newest)
        if exchange.response.status != 200:
            return False
        read_tokens(scene, exchange, newest.scope)
    scene.say("It ends nothing yet: for a few seconds it may come from another process of the app. Later it would.")
    return True


def used_token(scene: CodeScene) -> Tokens:
    """Return the tokens that ``refresh`` has used. Raise ``Skip``."""
    if scene.used is None:
        raise Skip("the app keeps its refresh token, so none is used up")
    return scene.used


def steps(exchange: Step) -> tuple[Step, ...]:
    """Return these steps in order; the first needs the tokens of ``exchange``."""
    first = step(
        "The app refreshes its tokens",
        "RFC 6749 §6",
        "Access tokens live for minutes or hours. The app gets new ones by itself; the person need not be there.",
        exchange,
    )(refresh)
    second = step(
        "The answer got lost: the app asks again",
        ROTATION,
        "Networks fail. An app that never saw the answer would be locked out by the rule that a refresh token is for "
        "one use, so the server may repeat its answer for a few seconds.",
        first,
    )(retry)
    third = step(
        "A stolen refresh token is used",
        ROTATION,
        "A refresh token that was used up and comes back later was copied.",
        second,
    )(replay)
    return first, second, third
