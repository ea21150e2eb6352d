"""Connected apps, as they are read: one for each application that a person let in, with its sign-ins (RFC 7009 §1).

A handful of statements, however many there are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import router
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from oauth_provider.authorization.asker import Asker, asker_of
from oauth_provider.dot.names import Row, access_token_model, refresh_token_model
from oauth_provider.models import Authorization, Consent
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.client import ClientPolicy, as_client
from oauth_provider.protocol.access_token import JWT
from oauth_provider.registry.grant_context import grant_contexts
from oauth_provider.registry.resource import with_jwts
from oauth_provider.registry.scope import Permission, permissions_of
from oauth_provider.tokens.project_code import project_code

# A person has some dozens. Of more, those that were used last.
MAX_SIGN_INS = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Permissions of an application in one context: for an organisation, or for the person alone (an empty ``key``).

    ``until`` is the end that the person chose; ``ends_unused_at`` one that comes since nobody uses it.
    """

    key: str
    name: str
    permissions: tuple[Permission, ...]
    until: datetime | None = None
    ends_unused_at: datetime | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return the risks of its permissions in words, each once."""
        return tuple(dict.fromkeys(one.warning for one in self.permissions if one.warning))


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in: on one device, or of one installation of the application."""

    id: str
    since: datetime
    used: datetime
    device: str
    address: str
    context: str

    @property
    def is_in_use(self) -> bool:
        """Was it used just now?"""
        return is_just_now(self.used)


@dataclass(frozen=True, slots=True)
class App:
    """An application that a person let in. ``says_so_itself``: its tokens are JWTs, good until they expire."""

    client_id: str
    name: str
    asker: Asker
    since: datetime
    used: datetime | None
    places: tuple[Place, ...]
    sign_ins: tuple[SignIn, ...]
    says_so_itself: bool

    @property
    def is_in_use(self) -> bool:
        """Was it used just now?"""
        return is_just_now(self.used)


def is_just_now(moment: datetime | None) -> bool:
    """Is ``moment`` less than a minute ago?"""
    return moment is not None and timezone.now() - moment < timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that tell of one application. ``tokens`` are those that DOT gave out itself."""

    application: Row
    consents: list[Consent] = field(default_factory=list)
    sign_ins: list[Authorization] = field(default_factory=list)
    tokens: list[Row] = field(default_factory=list)


def apps_of(user: Any, called: Mapping[str, str]) -> list[App]:
    """Return the applications that ``user`` let in, the one that was used last first.

    ``called`` are names of contexts by their keys, for those that are not open to the person any more.
    """
    using = router.db_for_write(Consent)
    now = authorization_now()
    found: dict[Any, Found] = {}
    for consent in _consents(user, now, using):
        found.setdefault(consent.application_id, Found(consent.application)).consents.append(consent)
    for sign_in in _sign_ins(user, now, using):
        found.setdefault(sign_in.application_id, Found(sign_in.application)).sign_ins.append(sign_in)
    for token in _tokens_of_dot(user, now, using):
        found.setdefault(token.application_id, Found(token.application)).tokens.append(token)
    names = {**called, **_names(user, (one.consents + one.sign_ins for one in found.values()))}
    signed = with_jwts(name for one in found.values() for sign_in in one.sign_ins for name in sign_in.resources)
    apps = [_app(one, names, signed) for one in found.values()]
    return sorted(apps, key=lambda app: app.used or app.since, reverse=True)


def _consents(user: Any, now: datetime, using: str) -> QuerySet[Consent]:
    """Return the consents of ``user`` that are not over at ``now``: of others nothing is left but their receipts."""
    given = Consent.objects.using(using).filter(Q(until=None) | Q(until__gt=now), user=user)
    return given.select_related("application__oauth_policy")


def _sign_ins(user: Any, now: datetime, using: str) -> QuerySet[Authorization]:
    live = Authorization.objects.using(using).filter(user=user, revoked_at=None, expires_at__gt=now)
    # A code that waits is nobody's sign-in yet.
    redeemed = live.filter(redeemed_at__isnull=False).select_related("application__oauth_policy")
    return redeemed.order_by("-pk")[:MAX_SIGN_INS]


def _tokens_of_dot(user: Any, now: datetime, using: str) -> QuerySet[Any, Any]:
    """Tokens that DOT gave out itself, which hang on no sign-in of ours, and are good or can be refreshed.

    One for each application and scope, however many there are, with the time ``since`` when there are any.
    """
    standing = refresh_token_model()._base_manager.filter(access_token=OuterRef("pk"), revoked=None)
    own = access_token_model()._base_manager.using(using).filter(user=user, oauth_binding=None)
    good: QuerySet[Any, Any] = own.filter(Q(expires__gt=now) | Exists(standing), application__isnull=False).order_by()
    one_each = good.values("application", "scope").annotate(one=Min("token_checksum")).values("one")
    first = good.filter(application=OuterRef("application")).order_by("created").values("created")[:1]
    rows: QuerySet[Any, Any] = good.filter(token_checksum__in=one_each).annotate(since=Subquery(first))
    return rows.select_related("application__oauth_policy").order_by("-pk")[:MAX_SIGN_INS]


def _names(user: Any, groups: Iterable[Iterable[Any]]) -> Mapping[str, str]:
    """Return the names of the contexts that occur, as far as they are still open to the person."""
    if not any(row.context for rows in groups for row in rows):
        return {}
    with project_code("what knows the contexts"):
        return {one.key: str(one.name) for one in grant_contexts().contexts_of(user, "")}


def _app(found: Found, names: Mapping[str, str], signed: Collection[str]) -> App:
    row, sign_ins = found.application, found.sign_ins
    begun = [one.created_at for one in found.consents] + [one.created_at for one in sign_ins]
    begun += [one.since for one in found.tokens]
    return App(
        client_id=row.client_id,
        name=str(row),
        asker=asker_of(as_client(row)),
        since=min(begun),
        used=max((one.last_used_at for one in sign_ins), default=None),
        places=tuple(_places(found, names)),
        sign_ins=tuple(_sign_in(one, names) for one in sign_ins),
        says_so_itself=ClientPolicy.of(row).access_token_format == JWT
        or any(one in signed for sign_in in sign_ins for one in sign_in.resources),
    )


def _places(found: Found, names: Mapping[str, str]) -> Iterator[Place]:
    """Yield each context. What DOT gave out is for the person alone."""
    rows: list[Any] = [*found.consents, *found.sign_ins]
    for key in dict.fromkeys([*(one.context for one in rows), *([""] if found.tokens else [])]):
        given = [one for one in found.consents if one.context == key]
        sign_ins = [one for one in found.sign_ins if one.context == key]
        agreed = [scope for one in given for scope in one.agreed.scopes]
        held = [scope for one in (*sign_ins, *([] if key else found.tokens)) for scope in one.scope.split()]
        permissions = tuple(permissions_of(dict.fromkeys([*agreed, *held])))
        used = max((one.last_used_at for one in sign_ins), default=None)
        yield Place(
            key,
            names.get(key, key),
            permissions,
            until=given[0].until if given else None,
            ends_unused_at=_ends_unused_at(given[0], used) if given else None,
        )


def _ends_unused_at(consent: Consent, used: datetime | None) -> datetime | None:
    """None where a sign-in has been used since that was announced, too."""
    is_used = used is not None and consent.used_at is not None and used > consent.used_at
    return None if is_used else consent.ends_unused_at


def _sign_in(row: Authorization, names: Mapping[str, str]) -> SignIn:
    return SignIn(
        id=str(row.public_id),
        since=row.created_at,
        used=row.last_used_at,
        device=row.device,
        address=row.address,
        context=names.get(row.context, row.context),
    )
