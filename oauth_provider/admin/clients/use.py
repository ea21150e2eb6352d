"""Use of clients, as their list shows it: owner, last use, live sign-ins, and what was refused within a day.

A page of clients costs the same few statements, however many there are and however much each is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.cells import NAME_LENGTH, with_detail
from oauth_provider.admin.lists.keyset import KeysetChangeList
from oauth_provider.dot.names import Row, application_model
from oauth_provider.events.refusal_ring import SIZE, count_refusals
from oauth_provider.models import Authorization, ClientMember, ClientPolicy, ClientSecret
from oauth_provider.sql.capped import CappedCount

DAY = timedelta(days=1)
# Of more sign-ins it is only said that there are more.
MAX_SIGN_INS = 1000


@dataclass(frozen=True, slots=True)
class Use:
    """Use of one client. ``refused`` is None where the cache does not answer."""

    owners: tuple[str, ...] = ()
    last_used: datetime | None = None
    sign_ins: int = 0
    refused: int | None = None


class ClientChangeList(KeysetChangeList):
    """The rows of a page, each with its use."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows, then what is known of all of them."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        note_use(self.result_list)


def note_use(rows: Sequence[Any]) -> None:
    """Put ``oauth_use`` on each row."""
    keys, now = [row.pk for row in rows], timezone.now()
    counted = {row.pk: row for row in _counted(keys, now)} if keys else {}
    owners: dict[Any, list[str]] = {}
    named = ClientMember.objects.filter(application__in=keys, role=ClientMember.Role.OWNER).select_related("user")
    for member in named.order_by("pk") if keys else ():
        owners.setdefault(member.application_id, []).append(str(member.user))
    refused = count_refusals([row.client_id for row in rows], now - DAY)
    for row in rows:
        found = counted.get(row.pk)
        used = [] if found is None else [one for one in (found.used_by_person, found.used_secret) if one is not None]
        row.oauth_use = Use(
            owners=tuple(owners.get(row.pk, ())),
            last_used=max(used, default=None),
            sign_ins=0 if found is None else found.sign_ins,
            refused=None if refused is None else refused.get(row.client_id, 0),
        )


def _counted(keys: Sequence[Any], now: datetime) -> QuerySet[Any]:
    theirs = Authorization.objects.filter(application=OuterRef("pk"))
    live = theirs.filter(revoked_at=None, expires_at__gt=now).order_by()
    last = theirs.order_by("-pk").annotate(used=Coalesce("rotated_at", "redeemed_at", "created_at"))
    secrets = ClientSecret.objects.filter(application=OuterRef("pk")).order_by().values("application")
    rows: QuerySet[Any] = application_model()._base_manager.filter(pk__in=keys).only("pk")
    counted: QuerySet[Any] = rows.annotate(
        sign_ins=CappedCount(live.values("pk")[: MAX_SIGN_INS + 1]),
        used_by_person=Subquery(last.values("used")[:1]),
        used_secret=Subquery(secrets.annotate(last=Max("last_used_at")).values("last")),
    )
    return counted


class UseColumns:
    """Columns of a client's use."""

    @admin.display(description=gettext_lazy("kind, owner"))
    def kind(self, application: Row) -> str:
        """Return what somebody built, as far as the policy tells, and below it the owner."""
        return with_detail(kind_of(application), owner_of(application.oauth_use.owners))

    @admin.display(description=gettext_lazy("last used"))
    def last_used(self, application: Row) -> str:
        """Return when its secret was used, or its last sign-in; a secret's use is noted once an hour."""
        used = application.oauth_use.last_used
        if used is None:
            return "-"
        return date_format(timezone.localtime(used) if timezone.is_aware(used) else used, "SHORT_DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("live sign-ins"))
    def sign_ins(self, application: Row) -> str:
        """Return how many people's sign-ins go on."""
        number = application.oauth_use.sign_ins
        shown = number_format(min(number, MAX_SIGN_INS))
        return _("more than %(number)s") % {"number": shown} if number > MAX_SIGN_INS else str(shown)

    @admin.display(description=gettext_lazy("refused in 24 h"))
    def refused(self, application: Row) -> str:
        """Return how many of its requests were refused; ``SIZE`` are kept, some of them for a hundred."""
        number = application.oauth_use.refused
        if not number:
            return "-" if number is None else "0"
        shown = f"{number_format(number)}+" if number >= SIZE else number_format(number)
        return format_html('<strong class="oa-refused">{}</strong>', shown)


def owner_of(owners: Sequence[str]) -> str:
    """Return the first owner, and how many more there are."""
    first = truncatechars(owners[0], NAME_LENGTH) if owners else ""
    return _("%(owner)s and %(more)d more") % {"owner": first, "more": len(owners) - 1} if len(owners) > 1 else first


def kind_of(application: Row) -> str:
    """Return the kind of a client in a few words: by its type, its grants and where it redirects."""
    grants, is_public = set(ClientPolicy.of(application).grant_types), application.client_type == "public"
    if not grants:
        return _("API")
    if grants == {"client_credentials"}:
        return _("Service")
    if not is_public:
        return _("Web app")
    is_web = any(uri.startswith("https://") for uri in application.redirect_uris.split())
    return _("Browser app") if is_web or application.allowed_origins else _("Native app")
