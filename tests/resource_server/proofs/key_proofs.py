"""Proofs of a key that only tests take: whoever knows the key's name has the key."""

from oauth_provider.protocol.errors import InvalidRequest, InvalidToken
from oauth_provider.resource_server.proofs import KeyProof


class InvalidProof(InvalidToken):
    """An error code of the method's own."""

    error = "invalid_test_proof"


class UseNonce(InvalidRequest):
    """As DPoP asks for a nonce (RFC 9449 §8)."""

    error = "use_test_nonce"


class HeaderProof:
    """As DPoP looks: a scheme of its own, a header with the proof, and a nonce that it asks for where one is due."""

    confirmation = "jkt"
    scheme = "DPoP"
    found = []

    def find(self, request):
        proof = request.headers.get("DPoP")
        if proof == "stale":
            raise UseNonce("The proof needs a nonce.")
        if proof is not None:
            self.found.append(proof)
        return proof

    def headers(self, request):
        return {"DPoP-Nonce": f"for {request.headers['DPoP']}"} if "DPoP" in request.headers else {}

    def check(self, token, presented):
        if presented.request.headers.get("DPoP") != token.cnf["jkt"]:
            raise InvalidProof("The proof is of another key.")

    def challenge(self):
        return {"algs": "ES256 EdDSA"}

    def metadata(self):
        return {"dpop_signing_alg_values_supported": ["ES256", "EdDSA"]}


class CertificateProof(KeyProof):
    """As mutual TLS looks: bearer tokens, and a certificate that the proxy saw."""

    confirmation = "x5t#S256"
    scheme = "Bearer"

    def check(self, token, presented):
        if presented.request.META.get("SSL_CLIENT_THUMBPRINT") != token.cnf["x5t#S256"]:
            raise InvalidToken("The certificate is another.")

    def find(self, request):
        return request.META.get("SSL_CLIENT_THUMBPRINT")

    def metadata(self):
        return {"tls_client_certificate_bound_access_tokens": True}


instance = CertificateProof()


class Another(HeaderProof):
    """About the same method."""


class AnotherKey(HeaderProof):
    """Of another method, in the same scheme."""

    confirmation = "kid"

    def challenge(self):
        return {"nonce": "1"}


class Nameless(HeaderProof):
    confirmation = ""


class Spaced(HeaderProof):
    scheme = "D PoP"


class Mute(HeaderProof):
    challenge = None


class Unmakeable(HeaderProof):
    def __init__(self):
        raise ValueError("no")
