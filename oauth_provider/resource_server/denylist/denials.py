"""Denials that an API has received (RFC 7009 §3), by what they deny."""

import heapq
import logging
import time
from collections.abc import Iterator

from oauth_provider.protocol.denylist import AUTHORIZATION, CLIENT, TOKEN, USER, Denial, merge_for_client
from oauth_provider.resource_server.token import AccessToken

logger = logging.getLogger("oauth_provider.resource_server")

MAX_DENIALS = 100_000

Key = tuple[str, str, str]


class Denylist:
    """Store of denials by what they deny, ``MAX_DENIALS`` at most. One thread adds, all others ask.

    When it is full, all denials of the client that has the most are replaced by one that denies all its tokens. So
    no client can push out the denials of another, nor its own.
    """

    def __init__(self) -> None:
        self._entries: dict[Key, Denial] = {}
        self._by_exp: list[tuple[int, Key]] = []
        self._groups: dict[Key, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, denial: Denial) -> None:
        """Store ``denial``. Two denials of the same thing are merged so that both hold."""
        now = time.time()
        if denial.exp <= now:
            return
        key = (denial.iss, denial.kind, denial.id)
        known = self._entries.get(key)
        if known is not None:
            denial = _merge(known, denial)
            self._ungroup(key, known)
        self._entries[key] = denial
        self._groups.setdefault(denial.group, set()).add(key)
        if known is None or known.exp != denial.exp:
            heapq.heappush(self._by_exp, (denial.exp, key))
        self._drop(now)

    def denies(self, token: AccessToken, checksum: str) -> bool:
        """Is ``token`` denied, or the authorization, client or user that it belongs to? ``checksum`` is its SHA-256."""
        if not self._entries:
            return False
        now = time.time()
        found = (self._entries.get(key) for key in _keys_of(token, checksum))
        return any(denial is not None and denial.exp > now and _applies_to(denial, token) for denial in found)

    def _drop(self, now: float) -> None:
        while self._by_exp and self._by_exp[0][0] <= now:
            exp, key = heapq.heappop(self._by_exp)
            denial = self._entries.get(key)
            if denial is not None and denial.exp == exp:  # else it is denied for longer meanwhile
                self._remove(key)
        if len(self._entries) > MAX_DENIALS:
            self._make_room(int(now))
        if len(self._by_exp) > 2 * MAX_DENIALS:  # of what was denied again and again, each time for longer
            self._by_exp = [(denial.exp, key) for key, denial in self._entries.items()]
            heapq.heapify(self._by_exp)

    def _make_room(self, now: int) -> None:
        keys = max(self._groups.values(), key=len)
        denials = [self._entries[key] for key in keys]
        client = denials[0].client
        if client and len(keys) > 1:
            for key in tuple(keys):
                self._remove(key)
            logger.error("The denylist is full: every token that %r has by now is denied.", client)
            self.add(merge_for_client(denials, now))
            return
        # Nobody is named. More than one go at once, so that a flood does not cost a search each.
        first, *others = heapq.nsmallest(max(1, MAX_DENIALS // 100), keys, key=lambda one: self._entries[one].exp)
        logger.error("The denylist is full: %s %s is forgotten early.", first[1], first[2])
        if others:
            logger.error("The denylist is full: so are %d others.", len(others))
        for key in (first, *others):
            self._remove(key)

    def _remove(self, key: Key) -> None:
        self._ungroup(key, self._entries.pop(key))

    def _ungroup(self, key: Key, denial: Denial) -> None:
        keys = self._groups[denial.group]
        keys.discard(key)
        if not keys:
            del self._groups[denial.group]


def _keys_of(token: AccessToken, checksum: str) -> Iterator[Key]:
    yield token.issuer, TOKEN, checksum
    for kind, name in (
        (TOKEN, token.jti),
        (AUTHORIZATION, token.authorization_id),
        (CLIENT, token.client_id),
        (USER, token.sub),
    ):
        if name:
            yield token.issuer, kind, name


def _applies_to(denial: Denial, token: AccessToken) -> bool:
    if denial.before is None or token.issued_at is None:
        return True
    return int(token.issued_at.timestamp()) <= denial.before


def _merge(one: Denial, other: Denial) -> Denial:
    before = None if one.before is None or other.before is None else max(one.before, other.before)
    return Denial(one.iss, one.kind, one.id, max(one.exp, other.exp), before, one.client or other.client)
