"""Charts of a client's week: tokens, sign-ins and refusals by day, as SVG that the server draws.

They are made of what is stored anyway, and of no more than the newest rows: tokens that are over are swept, JWTs have
no row, and of refusals the last ones are kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import Row, access_token_model
from oauth_provider.models import Authorization

DAYS = 7
# Of more rows of one week the newest are counted.
MAX_COUNTED = 20_000
WIDTH, HEIGHT, GAP, LEAST = 32, 60, 8, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: its number, and where its bar stands, in the units of the drawing."""

    day: date
    number: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing: what is counted, its bars, and whether there were more than are counted."""

    name: str
    title: Promise
    bars: tuple[Bar, ...]
    is_cut: bool = False

    @property
    def total(self) -> int:
        """Return the sum of all days."""
        return sum(bar.number for bar in self.bars)

    @property
    def most(self) -> int:
        """Return the number of the day with the most."""
        return max(bar.number for bar in self.bars)


def charts_of(application: Row, refusals: Iterable[Mapping[str, Any]]) -> tuple[Chart, ...]:
    """Return the charts of the last seven days, today last, in two statements."""
    days = [_day(timezone.now()) - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    tokens = _by_day(access_token_model()._base_manager.filter(application=application), "created", days)
    sign_ins = _by_day(Authorization.objects.filter(application=application), "created_at", days)
    refused = dict.fromkeys(days, 0)
    for one in refusals:
        day = _day(one["at"])
        if day in refused:
            refused[day] += one["stands_for"]
    return (
        _chart("tokens", _("Access tokens issued"), days, tokens),
        _chart("sign-ins", _("Sign-ins begun"), days, sign_ins),
        _chart("refused", _("Requests refused"), days, list(refused.values())),
    )


def rows_of(charts: Sequence[Chart]) -> list[tuple[date, list[int]]]:
    """Return the same as the rows of a table: each day with its numbers."""
    return [(bars[0].day, [bar.number for bar in bars]) for bars in zip(*(one.bars for one in charts), strict=True)]


def _by_day(rows: QuerySet[Any], column: str, days: Sequence[date]) -> list[int]:
    """Return the number of rows of each day, by the zone of this thread."""
    starts = [_beginning(day) for day in (*days, days[-1] + timedelta(days=1))]
    newest = rows.filter(**{f"{column}__gte": starts[0]}).order_by("-pk")[:MAX_COUNTED]
    counts = {
        f"day_{place}": Count("pk", filter=Q(**{f"{column}__gte": starts[place], f"{column}__lt": starts[place + 1]}))
        for place in range(len(days))
    }
    found = newest.aggregate(**counts)
    return [found[name] for name in counts]


def _day(moment: datetime) -> date:
    """Return the day by the zone of this thread. Without ``USE_TZ`` moments are of that zone."""
    return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()


def _beginning(day: date) -> datetime:
    """Return the beginning of ``day``, as the database compares it."""
    midnight = datetime.combine(day, time.min)
    return timezone.make_aware(midnight) if settings.USE_TZ else midnight


def _chart(name: str, title: Promise, days: Sequence[date], numbers: Sequence[int]) -> Chart:
    most = max(numbers) or 1
    heights = [max(LEAST, round(HEIGHT * number / most)) if number else 0 for number in numbers]
    bars = tuple(
        Bar(day, number, place * (WIDTH + GAP), HEIGHT - height, height)
        for place, (day, number, height) in enumerate(zip(days, numbers, heights, strict=True))
    )
    return Chart(name, title, bars, sum(numbers) >= MAX_COUNTED)
