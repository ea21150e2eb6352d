"""Methods of client authentication that only tests take, and a grant: what a project adds by a line of its settings."""

from typing import Any

from oauth_provider.clients.authentication.attempt import Attempt
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.lookup import FoundClient
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import InvalidClient

tried: list[str] = []


class DoorKey:
    """A header with an identifier and its digest under a word, which may be guessed."""

    METHOD = "door_key"

    def credentials(self, request: ClientRequest) -> Credentials | None:
        client_id, colon, proof = request.headers().get("x-door-key", "").partition(":")
        return Credentials(self.METHOD, client_id, proof=proof) if colon else None

    def verify(self, credentials: Credentials, found: FoundClient, request: ClientRequest, attempt: Attempt) -> None:
        attempt.count()
        tried.append(credentials.client_id)
        if not equal(credentials.proof, door_key(credentials.client_id, request.issuer())):
            raise InvalidClient("Client authentication failed.", detail="another key")


class Certificate:
    """A certificate that says who it is of; there is nothing to guess, so nothing is counted beforehand."""

    METHOD = "tls_example"

    def credentials(self, request: ClientRequest) -> Credentials | None:
        if not request.certificate() or "client_id" not in request.form:
            return None
        return Credentials(self.METHOD, request.form["client_id"], proof=request.certificate())

    def verify(self, credentials: Credentials, found: FoundClient, request: ClientRequest, attempt: Attempt) -> None:
        if credentials.proof != f"certificate of {found.client.client_id}":
            raise InvalidClient("Client authentication failed.", detail="another certificate")


class Assertion(DoorKey):
    """What stands in ``client_assertion`` (RFC 7521 §4.2)."""

    METHOD = "assertion_example"

    def credentials(self, request: ClientRequest) -> Credentials | None:
        client_id, colon, _rest = request.form.get("client_assertion", "").partition(":")
        return Credentials(self.METHOD, client_id, proof=request.form["client_assertion"]) if colon else None

    def verify(self, credentials: Credentials, found: FoundClient, request: ClientRequest, attempt: Attempt) -> None:
        if credentials.proof != f"{found.client.client_id}:asserted":
            raise InvalidClient("Client authentication failed.")


class SecondBasic(DoorKey):
    METHOD = "client_secret_basic"


class Nameless(DoorKey):
    METHOD = ""


class Unverifying:
    METHOD = "blind"

    def credentials(self, request: ClientRequest) -> None:
        return None


class Unmakeable(DoorKey):
    def __init__(self) -> None:
        raise ValueError("no")


def door_key(client_id: str, issuer: str) -> str:
    return digest(f"sesame {client_id} {issuer}")


def certificate_of(request: Any) -> str:
    """As a proxy hands it on."""
    return str(request.headers.get("X-Certificate", ""))
