"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.8): sending what the outbox holds."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit

from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.fetch import Limits, fetch
from oauth_provider.models import LogoutDelivery
from oauth_provider.models.client import Client, as_client
from oauth_provider.models.logout_delivery import BACKCHANNEL_LOGOUT
from oauth_provider.protocol.form import CONTENT_TYPE
from oauth_provider.protocol.jwe import Envelope
from oauth_provider.protocol.logout_token import LogoutToken, is_logout_uri, sign_logout_token
from oauth_provider.protocol.token_string import SECRET_LENGTH, random_text
from oauth_provider.tokens import outbox
from oauth_provider.tokens.key_ring import key_ring
from oauth_provider.tokens.outbox import Sender, Undeliverable

EnvelopeFor = Callable[[Client], Envelope]


class Refused(Exception):
    """The client has it, and says no."""


class NowhereToSend(Undeliverable):
    """The client has no address any more."""


def deliver_due(envelope_for: EnvelopeFor, others: Mapping[str, Sender] = MappingProxyType({})) -> "Counter[str]":
    """Send everything that is due, of every kind; return how many are now in which status.

    Logout tokens are encrypted where ID tokens are (§2.4): ``envelope_for`` says how. ``others`` send other kinds.
    """
    return outbox.deliver_due({**others, BACKCHANNEL_LOGOUT: lambda delivery: send(delivery, envelope_for)})


@sensitive_variables()
def send(delivery: LogoutDelivery, envelope_for: EnvelopeFor) -> None:
    """POST a logout token that is made now. Raises ``NowhereToSend``, ``Refused``, and what signing and fetching do."""
    client = as_client(delivery.application)
    uri = client.policy.backchannel_logout_uri
    if not is_logout_uri(uri):
        raise NowhereToSend("The client has no backchannel_logout_uri.")
    token = LogoutToken(
        issuer=delivery.issuer,
        client_id=client.client_id,
        issued_at=int(time.time()),
        jti=random_text(SECRET_LENGTH),
        subject=delivery.subject,
        sid=delivery.sid,
    )
    signed = sign_logout_token(token, key_ring().signer(client.policy.id_token_signed_response_alg))
    logout_token = envelope_for(client).close(signed, iss=delivery.issuer)
    limits = Limits(is_configured=(urlsplit(uri).hostname or "") in provider_settings.INTERNAL_HOSTS)
    body = urlencode({"logout_token": logout_token}).encode()
    status = fetch(uri, limits, body=body, headers={"Content-Type": CONTENT_TYPE}).status
    # §2.8 wants 200, and knows of frameworks that make 204 of it.
    if not 200 <= status < 300:
        raise Refused(f"The client answered {status}.")
