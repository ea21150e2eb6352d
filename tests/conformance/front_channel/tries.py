"""Tries of what the metadata advertise (RFC 8414 §2): a table of functions, by member."""

from collections.abc import Callable
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from oauth_provider.models import ClientPolicy
from tests.conformance.front_channel.relying_party import Arrived, RelyingParty, is_consent_page

Try = Callable[[RelyingParty, Any], Any]
TRIES: dict[str, Try] = {}


def trying(*members: str) -> Callable[[Try], Try]:
    """What follows tries the whole value of these members."""

    def note(function: Try) -> Try:
        TRIES.update(dict.fromkeys(members, function))
        return function

    return note


def each(*members: str) -> Callable[[Try], Try]:
    """What follows tries one value of these members, which are lists."""

    def note(function: Try) -> Try:
        trying(*members)(lambda party, values: [function(party, value) for value in values])
        return function

    return note


def known(party: RelyingParty) -> dict[str, Any]:
    return requests.get(f"{party.issuer}/.well-known/openid-configuration", timeout=10).json()


def tokens_of(party: RelyingParty, **request: Any) -> dict[str, Any]:
    """The tokens of a sign-in that asks nothing, or for consent alone."""
    page = party.authorize(**request)
    arrived = party.submit(page, decision="allow") if is_consent_page(page) else page
    assert isinstance(arrived, Arrived), arrived.text
    answer = party.redeem(arrived.answer["code"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def change(party: RelyingParty, **policy: Any) -> None:
    """Register other metadata for the client."""
    ClientPolicy.objects.filter(application=party.application).update(**policy)


def proven(party: RelyingParty, token: str, alg: str) -> dict[str, Any]:
    keys = requests.get(known(party)["jwks_uri"], timeout=10).json()
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=[alg]).claims
