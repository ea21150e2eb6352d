"""Connected apps, as they are read: one for each application that a person let in, with its sign-ins (RFC 7009 §1).

A handful of statements, however many there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import router
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from oauth_provider.authorization.asker import Asker, asker_of
from oauth_provider.dot.names import Row, access_token_model, application_model, refresh_token_model
from oauth_provider.models import Authorization, Consent
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.client import ClientPolicy, as_client
from oauth_provider.protocol.access_token import JWT
from oauth_provider.registry.grant_context import grant_contexts
from oauth_provider.registry.resource import with_jwts
from oauth_provider.registry.scope import words_of
from oauth_provider.tokens.project_code import project_code

# A person has some dozens. Of more, those that were used last.
MAX_SIGN_INS = 2_000


@dataclass(frozen=True, slots=True)
class Permission:
    """A scope, in words."""

    scope: str
    words: str


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


def apps_of(user: Any) -> list[App]:
    """Return the applications that ``user`` let in, the one that was used last first."""
    using = router.db_for_write(Consent)
    now = authorization_now()
    consents, sign_ins = defaultdict(list), defaultdict(list)
    rows: dict[Any, Row] = {}
    for consent in Consent.objects.using(using).filter(user=user).select_related("application__oauth_policy"):
        rows[consent.application_id] = consent.application
        consents[consent.application_id].append(consent)
    for sign_in in _sign_ins(user, now, using):
        rows[sign_in.application_id] = sign_in.application
        sign_ins[sign_in.application_id].append(sign_in)
    for application in _of_dot_alone(user, now, using):
        rows.setdefault(application.pk, application)
    names = _names(user, [*consents.values(), *sign_ins.values()])
    signed = with_jwts(one for its in sign_ins.values() for sign_in in its for one in sign_in.resources)
    apps = [_app(row, consents[key], sign_ins[key], names, signed) for key, row in rows.items()]
    return sorted(apps, key=lambda app: app.used or app.since, reverse=True)


def _sign_ins(user: Any, now: datetime, using: str) -> QuerySet[Authorization]:
    live = Authorization.objects.using(using).filter(user=user, revoked_at=None, expires_at__gt=now)
    # A code that waits is nobody's sign-in yet.
    redeemed = live.filter(redeemed_at__isnull=False).select_related("application__oauth_policy")
    return redeemed.order_by("-pk")[:MAX_SIGN_INS]


def _of_dot_alone(user: Any, now: datetime, using: str) -> QuerySet[Any, Any]:
    """Applications that have tokens of DOT's own, which hang on no sign-in of ours."""
    tokens = access_token_model()._base_manager.filter(application=OuterRef("pk"), user=user, oauth_binding=None)
    refresh = refresh_token_model()._base_manager.filter(application=OuterRef("pk"), user=user, revoked=None)
    rows: QuerySet[Any, Any] = application_model()._base_manager.using(using)
    return rows.filter(Exists(tokens.filter(expires__gt=now)) | Exists(refresh)).select_related("oauth_policy")


def _names(user: Any, groups: Iterable[Iterable[Any]]) -> Mapping[str, str]:
    """Return the names of the contexts that occur, as far as they are still open to the person."""
    if not any(row.context for rows in groups for row in rows):
        return {}
    with project_code("what knows the contexts"):
        return {one.key: str(one.name) for one in grant_contexts().contexts_of(user, "")}


def _app(
    row: Row,
    consents: list[Consent],
    sign_ins: list[Authorization],
    names: Mapping[str, str],
    signed: Collection[str],
) -> App:
    begun = [*(one.created_at for one in consents), *(one.created_at for one in sign_ins)] or [row.created]
    return App(
        client_id=row.client_id,
        name=str(row),
        asker=asker_of(as_client(row)),
        since=min(begun),
        used=max((one.last_used_at for one in sign_ins), default=None),
        places=tuple(_places(consents, sign_ins, names)),
        sign_ins=tuple(_sign_in(one, names) for one in sign_ins),
        says_so_itself=ClientPolicy.of(row).access_token_format == JWT
        or any(one in signed for sign_in in sign_ins for one in sign_in.resources),
    )


def _places(consents: list[Consent], sign_ins: list[Authorization], names: Mapping[str, str]) -> Iterator[Place]:
    keys = dict.fromkeys([*(one.context for one in consents), *(one.context for one in sign_ins)])
    for key in keys:
        given = [one for one in consents if one.context == key]
        agreed = [scope for one in given for scope in one.agreed.scopes]
        held = [scope for one in sign_ins if one.context == key for scope in one.scope.split()]
        words = words_of(dict.fromkeys([*agreed, *held]))
        permissions = tuple(Permission(scope, said) for scope, said in words.items())
        used = max((one.last_used_at for one in sign_ins if one.context == key), default=None)
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
