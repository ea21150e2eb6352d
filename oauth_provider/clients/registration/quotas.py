"""Quotas of registration (RFC 7591 §5): clients of one person, from one address, and in all, through one door."""

import time
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from limits import parse

from oauth_provider.clients.registration.policy import door_policy
from oauth_provider.clients.registration.proposal import By, Fault, MetadataRefused
from oauth_provider.conf import provider_settings
from oauth_provider.models.client import ClientPolicy
from oauth_provider.models.client_member import ClientMember
from oauth_provider.protocol.address import is_within, network_of
from oauth_provider.protocol.digest import digest
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, guarded_cache


class QuotaReached(MetadataRefused):
    """No more clients now. ``retry_after`` is in seconds, 0 where waiting does not help by itself."""

    def __init__(self, text: str, retry_after: int = 0) -> None:
        super().__init__((Fault("", text),))
        self.retry_after = retry_after


def take_from_address(by: By) -> None:
    """Count a registration from this address. Raises ``QuotaReached``. A cache that does not answer limits nobody."""
    caller, notation = _limit_of(by)
    if not notation or not by.address:
        return
    limit = parse(notation)
    # Hashed, since a cache key may hold neither spaces nor control characters, nor be long.
    key = "oauth_provider.registration." + digest(f"{by.door}\n{caller}")
    counters = guarded_cache(provider_settings.CACHE)
    try:
        count = counters.increment(key, limit.get_expiry())
        if count <= limit.amount:
            return
        ends_at = counters.ends_at(key)
    except CacheUnavailable:
        return
    text = _("Too many applications were registered from this address. Try again later.")
    raise QuotaReached(text, max(1, round(ends_at - time.time())))


def check_quotas(by: By, *, using: str) -> None:
    """Raise ``QuotaReached`` if there are as many clients as there may be. To be called in a transaction.

    It holds the person's row: two requests at once would both be the last. Of all clients a few more are no harm.
    """
    if by.is_operator:
        return
    policy = door_policy(by.door)
    if policy.total is not None and _of_door(by, using)[: policy.total].count() >= policy.total:
        raise QuotaReached(_("No more applications can be registered here. Ask an operator of this server."))
    if policy.per_person is None or by.user is None:
        return
    get_user_model()._base_manager.using(using).select_for_update().filter(pk=by.user.pk).first()
    if _of_person(by, using)[: policy.per_person].count() >= policy.per_person:
        text = _("You have %(number)d applications, which is as many as one person may have. Delete one first.")
        raise QuotaReached(text % {"number": policy.per_person})


def _limit_of(by: By) -> tuple[str, str]:
    """Return what is counted together with the address, and its limit in the notation of ``limits``; "" has none.

    Whoever comes from a shared network is counted with all others who do.
    """
    if by.is_operator:
        return "", ""
    policy = door_policy(by.door)
    shared = next((one for one in policy.shared_addresses if is_within(by.address, one)), "")
    return (shared, policy.shared_addresses[shared]) if shared else (network_of(by.address), policy.per_address)


def _of_door(by: By, using: str) -> QuerySet[Any, Any]:
    return ClientPolicy.objects.using(using).filter(door=by.door.value)


def _of_person(by: By, using: str) -> QuerySet[Any, Any]:
    owned = ClientMember.objects.using(using).filter(user=by.user.pk, role=ClientMember.Role.OWNER)
    return owned.filter(application__oauth_policy__door=by.door.value)
