"""Telling APIs what was revoked (RFC 7009 §3), for those that remember answers or believe signatures.

``OAUTH_PROVIDER["DENYLIST"]`` says where. Every message leaves after its transaction has committed, and no request
fails because one could not: it is logged, kept, and sent with the next. Until then tokens go on elsewhere for as
long as APIs remember them, or until they expire.
"""

import logging
import os
import time
from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import router, transaction
from django.db.models.signals import post_delete, post_save, pre_delete

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row, access_token_model, application_model
from oauth_provider.models import Authorization, ClientMember, ClientPolicy
from oauth_provider.models.client import TEST_MODE, is_barred
from oauth_provider.protocol.access_token import JWT
from oauth_provider.protocol.denylist import AUTHORIZATION, CLIENT, TOKEN, Denial, merge_for_client
from oauth_provider.registry.resource import with_jwts
from oauth_provider.resource_server.denylist.transport import DenylistTransport, make_transport
from oauth_provider.resource_server.options.denylist import DenylistOptions
from oauth_provider.resource_server.process_lock import ProcessLock
from oauth_provider.signals import access_tokens_revoked, authorization_revoked
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.set_delete import ignores_expired_rows
from oauth_provider.tokens.token_cache_invalidation import family

logger = logging.getLogger("oauth_provider.tokens")

# Clocks differ: APIs read ours off the tokens, and their own when they forget a denial.
LEEWAY = 60
REST = 10.0
UNSENT = 10_000
UNSENT_OF_CLIENT = UNSENT // 10
# What was issued while ACCESS_TOKEN_LIFETIME was longer must not outlive its denial, and nobody remembers how long it
# was. It is a day at most, or what it is now.
LONGEST_LIFETIME = 86_400


class Publisher:
    """Sends denials. After a failure nothing is tried for ``REST`` seconds, so that no request waits in vain.

    Of what waits, no client takes up more than a share: beyond that, one denial of all its tokens waits instead.
    """

    def __init__(self, transport: DenylistTransport) -> None:
        self._transport = transport
        self._unsent: deque[Denial] = deque(maxlen=UNSENT)
        self._waiting: Counter[tuple[str, str, str]] = Counter()
        self._rests_until = 0.0
        self._lock = ProcessLock()

    def publish(self, denials: Iterable[Denial]) -> None:
        """Send ``denials``, and first what could not be sent before. Raises nothing."""
        with self._lock:
            for denial in denials:
                self._add(denial)
            if time.monotonic() < self._rests_until:
                return
            now = time.time()
            waiting = [(denial.text(), denial.exp) for denial in self._unsent if denial.exp > now]
            try:
                if waiting:
                    self._transport.publish(waiting)
            except Exception as problem:  # what is revoked here stays revoked, whatever a transport raises
                self._rests_until = time.monotonic() + REST
                logger.error("Revocations cannot be told to other processes: %s", problem)
            else:
                self._unsent.clear()
                self._waiting.clear()

    def _add(self, denial: Denial) -> None:
        self._unsent.append(denial)
        if not denial.client:
            return
        self._waiting[denial.group] += 1
        if self._waiting[denial.group] > UNSENT_OF_CLIENT:
            theirs = [one for one in self._unsent if one.group == denial.group]
            others = [one for one in self._unsent if one.group != denial.group]
            whole = merge_for_client(theirs, int(time.time()))
            self._unsent = deque([*others, whole], maxlen=UNSENT)
            del self._waiting[denial.group]
            logger.error("Too many revocations wait: every token that %r has by now is denied.", denial.client)


@cache
def _publisher(options: DenylistOptions) -> Publisher:
    return Publisher(make_transport(options))


# A lock may come along locked into a forked process.
os.register_at_fork(after_in_child=_publisher.cache_clear)


def deny(
    kind: str,
    ids: Iterable[str],
    *,
    expires: datetime | None = None,
    until_now: bool = False,
    until: datetime | None = None,
    client: str = "",
) -> None:
    """Publish, at once, that this is revoked.

    It is denied until ``expires``, which is when the last token that is meant does; as a rule that is not known and
    what a token lives at most. With ``until_now`` tokens that are issued from now on are not meant, give or take what
    clocks differ by; with ``until``, none that the database dates later. ``client`` is the ``client_id`` whose tokens
    they are.
    """
    options = DenylistOptions.read(provider_settings.DENYLIST, 'OAUTH_PROVIDER["DENYLIST"]')
    if options is None:
        return
    now = int(time.time())
    longest = max(provider_settings.ACCESS_TOKEN_LIFETIME, LONGEST_LIFETIME)
    exp = int(expires.timestamp()) if expires is not None else now + longest
    before = now + LEEWAY if until_now else None if until is None else int(until.timestamp())
    issuer = provider_settings.ISSUER
    denials = [Denial(issuer, kind, name, exp + LEEWAY, before, client or None) for name in ids]
    if denials:
        _publisher(options).publish(denials)


def deny_token(jti: str, expires: datetime, *, using: str, client: str = "") -> None:
    """Publish, once the transaction on ``using`` has committed, that the token called ``jti`` is revoked."""
    transaction.on_commit(lambda: deny(TOKEN, [jti], expires=expires, client=client), using=using, robust=True)


def deny_narrowed(authorization: Authorization, *, using: str) -> None:
    """Publish, once the transaction on ``using`` has committed, that JWTs say too much that were issued until now.

    Nothing is told of a sign-in that gets none. One that is issued in the same second is denied, too.
    """
    is_told = provider_settings.DENYLIST and may_have_jwts(authorization)
    if is_told:
        name, until, client = str(authorization.public_id), database_now(using), _client_of(authorization)
        transaction.on_commit(lambda: deny(AUTHORIZATION, [name], until=until, client=client), using=using, robust=True)


def may_have_jwts(authorization: Authorization) -> bool:
    """Are there access tokens of ``authorization`` that say themselves what they are good for (RFC 9068)?"""
    policy = ClientPolicy.of(authorization.application)
    return policy.access_token_format == JWT or bool(with_jwts(authorization.resources))


def connect() -> None:
    """Called once, when every model is loaded."""
    uid = "oauth_provider.denylist.%s"
    authorization_revoked.connect(authorization_ended, dispatch_uid=uid % "authorization_revoked")
    access_tokens_revoked.connect(access_tokens_ended, dispatch_uid=uid % "access_tokens_revoked")
    pre_delete.connect(authorization_goes, sender=Authorization, dispatch_uid=uid % "authorization")
    pre_delete.connect(access_token_goes, sender=access_token_model(), dispatch_uid=uid % "access_token")
    post_delete.connect(member_left, sender=ClientMember, dispatch_uid=uid % "member")
    post_save.connect(policy_saved, sender=ClientPolicy, dispatch_uid=uid % "policy")
    for model in family(application_model()):
        post_delete.connect(client_went, sender=model, dispatch_uid=uid % f"deleted.{model._meta.label}")
        post_save.connect(client_saved, sender=model, dispatch_uid=uid % f"saved.{model._meta.label}")
    for model in family(get_user_model()):
        post_save.connect(user_saved, sender=model, dispatch_uid=uid % model._meta.label)


def authorization_ended(authorization: Authorization, **kwargs: Any) -> None:
    """Revoked, for whatever reason."""
    if not provider_settings.DENYLIST:
        return
    client = _client_of(authorization)
    deny(AUTHORIZATION, [str(authorization.public_id)], client=client)
    if authorization.adopted_digest:
        # APIs that remember what DOT issued were told of no authorization then.
        rows = access_token_model()._base_manager.filter(oauth_binding__authorization=authorization.pk)
        deny(TOKEN, rows.values_list("token_checksum", flat=True), client=client)


def access_tokens_ended(checksums: Iterable[str], **kwargs: Any) -> None:
    """Revoked one by one, as those that hang on no authorization are."""
    if not provider_settings.DENYLIST:
        return
    left = dict.fromkeys(checksums, "")
    rows = access_token_model()._base_manager.using(router.db_for_write(access_token_model()))
    found = rows.filter(token_checksum__in=left).values_list("token_checksum", "application__client_id")
    left |= {checksum: client or "" for checksum, client in found}
    for client in dict.fromkeys(left.values()):
        deny(TOKEN, [checksum for checksum, one in left.items() if one == client], client=client)


@ignores_expired_rows
def authorization_goes(instance: Authorization, using: str, **kwargs: Any) -> None:
    """Deleted while it was live, with its user for example."""
    if instance.revoked_at is None and instance.expires_at > database_now(using):
        _after_commit(using, AUTHORIZATION, str(instance.public_id))


@ignores_expired_rows
def access_token_goes(instance: Row, using: str, **kwargs: Any) -> None:
    """Deleted while it was live, which DOT means by revoking."""
    if instance.expires > database_now(using):
        _after_commit(using, TOKEN, instance.token_checksum)


def client_went(instance: Row, using: str, **kwargs: Any) -> None:
    """Deleted."""
    _after_commit(using, CLIENT, instance.client_id)


def client_saved(instance: Row, using: str, created: bool, **kwargs: Any) -> None:
    """Not usable any more, in the words of a model that has some. It may be again."""
    if provider_settings.DENYLIST and not created and is_barred(instance):
        _after_commit(using, CLIENT, instance.client_id, until_now=True)


def policy_saved(instance: ClientPolicy, using: str, created: bool, update_fields: Any, **kwargs: Any) -> None:
    """Suspended, or in test mode from now on. It may be reinstated, and its own team gets new tokens."""
    is_told = update_fields is None or "status" in update_fields
    if provider_settings.DENYLIST and (instance.is_suspended or (instance.is_in_test_mode and not created and is_told)):
        _after_commit(using, CLIENT, instance.application.client_id, until_now=True)


def member_left(instance: ClientMember, using: str, **kwargs: Any) -> None:
    """Left the team of a client, which may be in test mode. Others go on."""
    if not provider_settings.DENYLIST:
        return
    rows = ClientPolicy._base_manager.using(using).filter(application=instance.application_id, status__in=TEST_MODE)
    if rows.exists():
        user, application = instance.user_id, instance.application_id
        transaction.on_commit(lambda: _deny_user(user, using, application=application), using=using, robust=True)


def user_saved(instance: Any, using: str, created: bool, **kwargs: Any) -> None:
    """Deactivated. They may come back. APIs know them by different names, but each sign-in by one."""
    if provider_settings.DENYLIST and not created and not getattr(instance, "is_active", True):
        transaction.on_commit(lambda: _deny_user(instance.pk, using), using=using, robust=True)


def _client_of(authorization: Authorization) -> str:
    try:
        return str(authorization.application.client_id)
    except ObjectDoesNotExist:  # deleted meanwhile, of which APIs are told
        return ""


def _deny_user(key: Any, using: str, **at: Any) -> None:
    now = database_now(using)
    live = Authorization._base_manager.using(using).filter(user=key, revoked_at=None, expires_at__gt=now, **at)
    deny(AUTHORIZATION, map(str, live.values_list("public_id", flat=True)), until_now=True)
    loose = access_token_model()._base_manager.using(using).filter(user=key, expires__gt=now, oauth_binding=None, **at)
    deny(TOKEN, loose.values_list("token_checksum", flat=True), until_now=True)


def _after_commit(using: str, kind: str, *ids: str, until_now: bool = False) -> None:
    if provider_settings.DENYLIST:
        transaction.on_commit(lambda: deny(kind, ids, until_now=until_now), using=using, robust=True)
