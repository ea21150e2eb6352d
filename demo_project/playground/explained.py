"""What each parameter, member and header is for, and where the specification says so."""

from dataclasses import dataclass

CORE = "OpenID Connect Core"
CORE_AT = "https://openid.net/specs/openid-connect-core-1_0.html"
ANCHORS = {"2": "IDToken", "3.1.2.1": "AuthRequest", "5.1": "StandardClaims", "3.1.3.6": "CodeIDToken"}
FRONT_CHANNEL = "OpenID Connect Front-Channel Logout"
FRONT_CHANNEL_AT = "https://openid.net/specs/openid-connect-frontchannel-1_0.html"
RFC_EDITOR = "https://www.rfc-editor.org/rfc/{document}#section-{section}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sentence, and its source; none where no specification speaks of it."""

    text: str
    document: str = ""
    section: str = ""

    @property
    def source(self) -> str:
        """As one writes it."""
        return f"{self.document} §{self.section}"

    @property
    def url(self) -> str:
        """Where it can be read."""
        if self.document == FRONT_CHANNEL:
            return FRONT_CHANNEL_AT
        if self.document == CORE:
            return f"{CORE_AT}#{ANCHORS[self.section]}"
        return RFC_EDITOR.format(document=self.document.lower().replace(" ", ""), section=self.section)


PARAMETERS = {
    "response_type": Meaning("What comes back: a code. OAuth 2.1 has no other.", "RFC 6749", "3.1.1"),
    "client_id": Meaning("Who asks. Not a secret.", "RFC 6749", "2.2"),
    "redirect_uri": Meaning(
        "Where the answer goes. It has to be registered, letter by letter, or somebody else could collect codes.",
        "RFC 9700",
        "4.1.3",
    ),
    "scope": Meaning("What is asked for, or what was given: nothing beyond it can be done.", "RFC 6749", "3.3"),
    "authorization_details": Meaning(
        "What no scope can say: what exactly, and how much of it. The page shows it in full.", "RFC 9396", "2"
    ),
    "state": Meaning(
        "Comes back unchanged. Without it, somebody could make you finish a flow that they began.", "RFC 9700", "4.7.1"
    ),
    "code_verifier": Meaning("The secret that proves who began the flow. Sent only with the code.", "RFC 7636", "4.1"),
    "code_challenge": Meaning("The SHA-256 of the code_verifier, in base64url.", "RFC 7636", "4.2"),
    "code_challenge_method": Meaning("How the challenge was made. S256 is the one that protects.", "RFC 7636", "4.3"),
    "code": Meaning("Serves once, for a minute, for this client and its code_verifier.", "RFC 6749", "4.1.2"),
    "iss": Meaning("Who answered. A client of several servers must not mix them up.", "RFC 9207", "2"),
    "max_age": Meaning("How long ago you may have signed in, in seconds: else you do so again.", "RFC 9470", "4"),
    "grant_type": Meaning("What is handed in for tokens.", "RFC 6749", "4.1.3"),
    "access_token": Meaning("Opens the API. Whoever holds it may use it, so it lives briefly.", "RFC 6749", "1.4"),
    "token_type": Meaning("How it is presented: Bearer, in the Authorization header.", "RFC 6750", "2.1"),
    "expires_in": Meaning("For how many seconds the access token serves.", "RFC 6749", "5.1"),
    "refresh_token": Meaning(
        "Gets the next access token. It is replaced at each use, so that a stolen one is found out.",
        "RFC 9700",
        "4.14.2",
    ),
    "refresh_token_expires_in": Meaning(
        "For how many seconds the refresh token serves, unless it is used before.", "RFC 6749", "5.1"
    ),
    "authorization_expires_in": Meaning(
        "In how many seconds the person signs in again, however often it is used.", "RFC 6749", "5.1"
    ),
    "error": Meaning("The kind of refusal, for programs.", "RFC 6749", "5.2"),
    "error_description": Meaning("The same for the client's developer.", "RFC 6749", "5.2"),
    "token": Meaning("The token that is asked about, or given back.", "RFC 7009", "2.1"),
    "token_type_hint": Meaning("Which kind it is; saves the server a look-up.", "RFC 7009", "2.1"),
    "active": Meaning("Is the token good, now?", "RFC 7662", "2.2"),
    "username": Meaning("Whose data it opens, for people.", "RFC 7662", "2.2"),
    "sub": Meaning("Whose data it opens, for programs.", "RFC 7662", "2.2"),
    "exp": Meaning("When it ends, in seconds since 1970.", "RFC 7662", "2.2"),
    "iat": Meaning("When it was issued.", "RFC 7662", "2.2"),
    "aud": Meaning("For whom it is meant: an API, or the client of an ID token.", "RFC 7519", "4.1.3"),
    "id_token": Meaning("Who you are, signed, for the client alone. No API may take it.", CORE, "2"),
    "nonce": Meaning("Comes back in the ID token, so that no other sign-in's can be slipped in.", CORE, "3.1.2.1"),
    "auth_time": Meaning("When you logged in, in seconds since 1970.", CORE, "2"),
    "azp": Meaning("The app that asked for it; here the one that it is for.", CORE, "2"),
    "at_hash": Meaning("Half a hash of the access token: the two belong together.", CORE, "3.1.3.6"),
    "name": Meaning("Your name, if you agreed to profile.", CORE, "5.1"),
    "given_name": Meaning("A part of your name, if you agreed to profile.", CORE, "5.1"),
    "family_name": Meaning("A part of your name, if you agreed to profile.", CORE, "5.1"),
    "preferred_username": Meaning("What you call yourself here. It may change; sub does not.", CORE, "5.1"),
    "email": Meaning("Your address, if you agreed to email.", CORE, "5.1"),
    "email_verified": Meaning("Has anybody seen that the address is yours?", CORE, "5.1"),
    "acr": Meaning("How strong the sign-in was, in a word that both sides know.", CORE, "2"),
    "amr": Meaning("What you signed in with: a password, a key.", CORE, "2"),
    "acr_values": Meaning("How strong the sign-in should be, best first.", CORE, "3.1.2.1"),
    "sid": Meaning("Which session at the server it was, for logging out later.", FRONT_CHANNEL, "3"),
    "authorization_id": Meaning(
        "Which sign-in the token hangs on, so that its end can be told. A member of this server's own.",
        "RFC 7662",
        "2.2",
    ),
}

HEADERS = {
    "Authorization": Meaning("The client's identifier and secret, or the access token.", "RFC 6749", "2.3.1"),
    "WWW-Authenticate": Meaning("What is missing, for programs.", "RFC 6750", "3"),
    "Host": Meaning("Which server is meant: a port may belong to several.", "RFC 9110", "7.2"),
    "Content-Type": Meaning(
        "How the body is written: a form on the way there, JSON on the way back.", "RFC 9110", "8.3"
    ),
    "Location": Meaning("Where the browser goes next.", "RFC 9110", "10.2.2"),
    "Cache-Control": Meaning("Tokens must not be stored on the way.", "RFC 6749", "5.1"),
}

OF_THE_API = Meaning("The API's own data. OAuth says nothing about it.")
BASIC = Meaning("The client's identifier and secret, in base64: see below.", "RFC 6749", "2.3.1")
BEARER = Meaning("The access token. Never in the address, where logs would keep it.", "RFC 6750", "2.1")


def meaning_of_parameter(name: str) -> Meaning | None:
    """What ``name`` is for."""
    return PARAMETERS.get(name)


def meaning_of_header(name: str, value: str) -> Meaning | None:
    """What a header is for; ``Authorization`` says two things."""
    if name == "Authorization":
        return BASIC if value.startswith("Basic ") else BEARER
    return HEADERS.get(name)
