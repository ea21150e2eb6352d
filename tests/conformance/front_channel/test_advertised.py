"""Conformance: the metadata advertise nothing that is not served (RFC 8414 §2): each value of each member is tried."""

from typing import Any

import pytest

from oauth_provider.protocol.response_type import LEGACY
from tests import details, jose_keys
from tests.client_keys import jwks
from tests.conformance.front_channel.advertised import TRIES
from tests.conformance.front_channel.relying_party import RelyingParty
from tests.conformance.front_channel.tries import known
from tests.factories import ApplicationFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.spec("RFC 8414", "2"),
    pytest.mark.spec("OIDC Discovery", "3"),
    pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),  # it is joserfc's word on the name (RFC 9864)
]


@pytest.fixture
def party(issuer: str, user: Any, settings: Any) -> RelyingParty:
    """A client of which everything is known, whose user is signed in and has agreed; all that can be on is on."""
    settings.OAUTH_PROVIDER = {
        **settings.OAUTH_PROVIDER,
        "SIGN_UP_URL": "login",
        "PAIRWISE_SECRET": "a secret that is never to be rotated",
        "AUTHENTICATION_CONTEXT": "tests.flows.test_acr.TwoFactors",
        "AUTHORIZATION_DETAILS_TYPES": details.TYPES,
        "LEGACY_RESPONSE_TYPES": LEGACY,
    }
    algorithms = [jose_keys.key(alg) for alg in ("RS256", "ES256", "PS256", "EdDSA")]
    user.first_name, user.last_name, user.email = "Ann", "Lee", "ann@example.com"
    user.save()
    allowed = {"authorization_details_types": list(details.TYPES), "response_types": ["code", *LEGACY]}
    application = ApplicationFactory(policy={"jwks": jwks(*algorithms), "may_introspect": True, **allowed})
    party = RelyingParty(issuer, application)
    party.sign_in_and_allow(party.authorize(), user)
    return party


def test_every_member_is_tried(party: RelyingParty) -> None:
    assert set(known(party)) == set(TRIES)


@pytest.mark.parametrize("member", TRIES)
def test_what_is_advertised_is_served(party: RelyingParty, member: str) -> None:
    value = known(party)[member]
    assert value not in ("", [], None)
    TRIES[member](party, value)
