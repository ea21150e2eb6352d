"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.8): sending what the outbox holds."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.fetch import Limits, fetch
from oauth_provider.models import LogoutDelivery
from oauth_provider.models.client import Client, as_client
from oauth_provider.protocol.form import CONTENT_TYPE
from oauth_provider.protocol.jwe import Envelope
from oauth_provider.protocol.logout_token import LogoutToken, is_logout_uri, sign_logout_token
from oauth_provider.protocol.token_string import SECRET_LENGTH, random_text
from oauth_provider.tokens.key_ring import key_ring

logger = logging.getLogger("oauth_provider.tokens")

EnvelopeFor = Callable[[Client], Envelope]


class Refused(Exception):
    """The client has it, and says no."""


class NowhereToSend(Exception):
    """The client has no address any more."""


def deliver_due(envelope_for: EnvelopeFor) -> "Counter[str]":
    """Send everything that is due, one after the other; how many are now in which status.

    Logout tokens are encrypted where ID tokens are (§2.4): ``envelope_for`` says how.
    """
    done: Counter[str] = Counter()
    while (delivery := LogoutDelivery.objects.claim()) is not None:
        deliver(delivery, envelope_for)
        done[str(delivery.status)] += 1
    return done


def deliver(delivery: LogoutDelivery, envelope_for: EnvelopeFor) -> None:
    """Attempt one delivery. Nothing that goes wrong with it is raised: it goes to the row, and is tried again later."""
    try:
        send(delivery, envelope_for)
    except NowhereToSend as error:
        delivery.failed(str(error), for_good=True)
    except Exception as error:  # a signer elsewhere raises what it likes
        delivery.failed(f"{type(error).__name__}: {error}")
        level = logging.ERROR if delivery.status == LogoutDelivery.Status.DEAD else logging.WARNING
        logger.log(level, "%s, attempt %s: %s", delivery, delivery.attempts, delivery.last_error)
    else:
        delivery.delivered()


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
