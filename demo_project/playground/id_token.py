"""Reading an ID token as a client must (OpenID Connect Core §3.1.3.7)."""

import json
from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from demo_project.playground.exchange import fetch_json
from demo_project.playground.message import Pairs

ALGORITHMS = ["RS256"]
GOOD = (
    "The token response held an ID token: a signed statement about you, meant for Photo Book alone. Photo Book got the "
    "server's keys from jwks_uri and checked the signature, and that iss, aud, exp and nonce are what they should be."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What an ID token says, or why it is not believed."""

    claims: Pairs = ()
    about: str = ""
    refusal: str = ""


def read_id_token(id_token: str, metadata: dict[str, str], *, client_id: str, nonce: str) -> Checked:
    """The claims of ``id_token``, if all is as it must be. Raises ``Unreachable``."""
    keys = fetch_json(metadata["jwks_uri"])
    required = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
        required.validate(claims)
    except JoseError as error:
        return Checked(refusal=f"The ID token is not to be believed: {error}")
    return Checked(tuple((name, _text(value)) for name, value in claims.items()), GOOD)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
