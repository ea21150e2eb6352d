"""Publishers who prove themselves: a line of the team's at the app's own host (in the manner of RFC 8615).

What is proven is the host alone, and so the host is what people are told who published it: any other name would be the
team's own choice beside the word “Verified”.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import router, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.clients.registration.publisher_host import provable_host
from oauth_provider.clients.registration.register import change
from oauth_provider.dot.names import Row
from oauth_provider.events.event import ClientChanged
from oauth_provider.fetch import FetchError, Limits, fetch
from oauth_provider.models import AuditEvent, ClientPolicy, PublisherProof
from oauth_provider.models.client import Client, as_client
from oauth_provider.models.publisher_proof import CHECKED_EVERY, MAX_FAILURES
from oauth_provider.sql.clock import database_now

logger = logging.getLogger("oauth_provider.clients")

PATH = "/.well-known/oauth-publisher"
LINE = "oauth-publisher={nonce}"
LIMITS = Limits(max_bytes=16_384)
# Between two attempts of a team, each of which has this server fetch something.
PAUSE = timedelta(seconds=10)


class ProofRefused(Exception):
    """The host is not proven. ``text`` says why, and nothing of what was answered there."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))
        self.text = text


def line_of(proof: PublisherProof) -> str:
    """Return the line that the file has to hold."""
    return LINE.format(nonce=proof.nonce)


def address_of(host: str) -> str:
    """Return the URL of the file."""
    return f"https://{host}{PATH}"


def prove(application: Row, by: By) -> str:
    """Look for the line, and have people be told the host; return it. Raises ``ProofRefused``, ``MetadataRefused``."""
    proof = _due(application)
    host = provable_host(Metadata.of(as_client(application)))
    if not host:
        raise ProofRefused(_("All redirect URIs must be at one https host, or the home page where there are none."))
    if not is_published(host, proof):
        text = _("The line was not found at %(url)s. It must be there without a redirect.")
        raise ProofRefused(text % {"url": address_of(host)})
    client = as_client(type(application)._base_manager.get(pk=application.pk))
    before = Metadata.of(client)
    if provable_host(before) != host:
        raise ProofRefused(_("The app was changed meanwhile. Try again."))
    # The server itself has made sure of it.
    change(client, replace(before, publisher=host, verified_host=host), replace(by, door=Door.COMMAND))
    _note(proof, host=host, failures=0)
    return host


def is_published(host: str, proof: PublisherProof) -> bool:
    """Does the file at ``host`` hold the line?"""
    try:
        answer = fetch(address_of(host), LIMITS, headers={"Accept": "text/plain"})
        lines = answer.body.decode().splitlines() if answer.status == 200 else []
    except (FetchError, ValueError) as error:
        logger.info("A publisher's file cannot be had: %s", error)
        return False
    return line_of(proof) in (line.strip() for line in lines)


def due(now: datetime) -> QuerySet[PublisherProof]:
    """Return the proofs that are to be looked at again."""
    rows = PublisherProof.objects.filter(next_check_at__lte=now).exclude(host="")
    return rows.select_related("application__oauth_policy").order_by("next_check_at")


def look_again(proof: PublisherProof, by: By) -> bool:
    """Fetch the file once more. Is the host still proven?

    A file may be missing some times in a row; the client's own move to another host takes effect at once.
    """
    client = as_client(proof.application)
    before = Metadata.of(client)
    has_moved = proof.host != provable_host(before) or before.verified_host != proof.host
    if not has_moved and is_published(proof.host, proof):
        _note(proof, host=proof.host, failures=0)
        return True
    if not has_moved and proof.failures + 1 < MAX_FAILURES:
        _note(proof, host=proof.host, failures=proof.failures + 1)
        return True
    if before.verified_host == proof.host:  # an operator may have vouched for another meanwhile
        _unmark(client, by)
    _note(proof, host="", failures=0)
    return False


def _unmark(client: Client, by: By) -> None:
    """Take the mark away, whatever else is wrong with the client by the rules of today."""
    using = router.db_for_write(ClientPolicy)
    with transaction.atomic(using=using):
        rows = ClientPolicy.objects.using(using).filter(application=client.application.pk)
        rows.update(publisher="", verified_host="", updated_at=timezone.now())
        changed = ClientChanged(client.application, ("publisher", "verified_host"))
        AuditEvent.objects.record([changed], using=using, by=by.actor)


def _due(application: Row) -> PublisherProof:
    """Return the proof of ``application``, made if there is none, unless somebody asked just now."""
    proof: PublisherProof
    proof, _is_new = PublisherProof.objects.get_or_create(application=application)
    now = database_now(router.db_for_write(PublisherProof))
    mine = PublisherProof.objects.filter(Q(asked_at=None) | Q(asked_at__lt=now - PAUSE), pk=proof.pk)
    if not mine.update(asked_at=now):
        raise ProofRefused(_("Somebody looked just now. Try again in a few seconds."))
    return proof


def _note(proof: PublisherProof, *, host: str, failures: int) -> None:
    now = database_now(router.db_for_write(PublisherProof))
    next_check_at = now + CHECKED_EVERY if host else None
    PublisherProof.objects.filter(pk=proof.pk).update(host=host, failures=failures, next_check_at=next_check_at)
