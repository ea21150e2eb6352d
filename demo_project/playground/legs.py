"""What each message is about, in the words of the playground."""

from demo_project.playground.exchange import Leg
from demo_project.playground.message import Channel, Message, Pairs, Party

PREPARES = (
    "Before it sends you anywhere, Photo Book makes three values. state will tell it that an answer is an answer "
    "to its own question. code_verifier is a secret that it keeps; only its hash, code_challenge, is sent. "
    "Whoever steals the code later cannot use it without the verifier. This is PKCE."
)
AUTHORIZATION_REQUEST = (
    "Photo Book sends your browser to the authorization server, with its question in the address. Nothing in it "
    "is secret: you can read it, and so can anybody who looks over your shoulder."
)
DECISION = (
    "You log in at the authorization server, which is the only place that sees your password, and say yes or no "
    "to what Photo Book wants. If you said yes before, it may be remembered. Photo Book sees nothing of all this."
)
CODE = (
    "Your browser comes back to Photo Book with a code. It is no token yet: it serves once, for a minute, and "
    "only for the one who can authenticate as Photo Book and knows the code_verifier. Photo Book first compares "
    "state and iss."
)


def inside(title: str, about: str, parameters: Pairs, refusal: str = "") -> Message:
    """What the client does by itself."""
    return Message(
        sender=Party.CLIENT,
        receiver=Party.CLIENT,
        channel=Channel.INSIDE,
        title=title,
        about=about,
        parameters=parameters,
        refusal=refusal,
    )


def decision() -> Message:
    """What passes between the person and the authorization server."""
    return Message(
        sender=Party.USER,
        receiver=Party.AUTHORIZATION_SERVER,
        channel=Channel.FRONT,
        title="User authorization",
        about=DECISION,
        step=2,
    )


TOKEN = Leg(
    sender=Party.CLIENT,
    receiver=Party.AUTHORIZATION_SERVER,
    request="Token request",
    answer="Access token",
    about_request=(
        "Now without your browser: Photo Book's server talks to the authorization server directly. It proves who "
        "it is with its client secret, and that it began this with its code_verifier."
    ),
    about_answer=(
        "The server hashed the verifier, found the challenge of step 1, and marked the code as used. The access "
        "token opens the API for a while; the refresh token gets new ones without you."
    ),
    step=4,
)
RESOURCE = Leg(
    sender=Party.CLIENT,
    receiver=Party.RESOURCE_SERVER,
    request="Resource request",
    answer="Resource",
    about_request="The access token travels in a header. The API does not know Photo Book's secret, nor your password.",
    about_answer="The API looked at the token: whose it is, for which scope, and that it still lives.",
    step=6,
)
BARE = Leg(
    sender=Party.CLIENT,
    receiver=Party.RESOURCE_SERVER,
    request="Request without a token",
    answer="Resource",
    about_request="The same call, and no token.",
    about_answer="",
)
PHOTOS = Leg(
    sender=Party.CLIENT,
    receiver=Party.RESOURCE_SERVER,
    request="Request to Photos",
    answer="Photos",
    about_request=(
        "Another API, at another address, with no database and no idea of who you are. The same token opens it, if you "
        "agreed to photos:read."
    ),
    about_answer="It asked the authorization server what the token is worth, and believed the answer.",
)
PRINT = Leg(
    sender=Party.CLIENT,
    receiver=Party.RESOURCE_SERVER,
    request="Order a print",
    answer="Ordered",
    about_request="Prints cost money. Photos wants to be sure that it is still you, and not somebody at your desk.",
    about_answer="You signed in less than a minute ago.",
)
ORDER = Leg(
    sender=Party.CLIENT,
    receiver=Party.RESOURCE_SERVER,
    request="Print this photo",
    answer="Ordered",
    about_request="The token is for the one photo that you picked. What else you have, Photo Book never learns.",
    about_answer="As many as you agreed to, whatever Photo Book says beside its token.",
)
REFRESH = Leg(
    sender=Party.CLIENT,
    receiver=Party.AUTHORIZATION_SERVER,
    request="Refresh",
    answer="New tokens",
    about_request="An access token lives briefly on purpose. The refresh token gets the next, and you are not asked.",
    about_answer=(
        "A new access token, and a new refresh token in place of the one that was just used. If this answer had "
        "been lost, the same request would get the same answer for a minute."
    ),
)
REVOCATION = Leg(
    sender=Party.CLIENT,
    receiver=Party.AUTHORIZATION_SERVER,
    request="Revocation",
    answer="Revoked",
    about_request="You disconnect in Photo Book, and it gives back what it got.",
    about_answer="Always 200, whether the token was known or not. All tokens of this sign-in have ended.",
)
USERINFO = Leg(
    sender=Party.CLIENT,
    receiver=Party.AUTHORIZATION_SERVER,
    request="Who is this?",
    answer="What you agreed to tell",
    about_request="With openid the access token opens one more address, at the authorization server itself.",
    about_answer="What Photo Book may know of you: as much as the scopes that you agreed to let out.",
)
INTROSPECTION = Leg(
    sender=Party.RESOURCE_SERVER,
    receiver=Party.AUTHORIZATION_SERVER,
    request="Introspection",
    answer="What the token is worth",
    about_request="The token says nothing by itself. An API that is not in the server's project asks what it is worth.",
    about_answer="This is what stands behind the random characters: the contents of the token.",
)
