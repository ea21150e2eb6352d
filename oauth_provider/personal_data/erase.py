"""Erasure (GDPR Article 17): every sign-in of a person ends, and what is stored about them goes, or loses its name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import router

from oauth_provider.conf import provider_settings
from oauth_provider.models import Authorization
from oauth_provider.personal_data.holding import Holding, Whose
from oauth_provider.personal_data.holdings import holdings
from oauth_provider.sql.transaction import run
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.logout import end_sessions
from oauth_provider.tokens.revoke import revoke_user


@dataclass(frozen=True, slots=True)
class Erased:
    """The number of rows of one kind, and what they became, in words."""

    name: str
    count: int
    becomes: str


def held(whose: Whose) -> Iterator[Erased]:
    """Yield what there is of a person, and what erasing would make of it."""
    using = router.db_for_write(Authorization)
    for one in holdings():
        yield Erased(one.name, one.of(whose, using=using).count(), one.becomes)


def erase(whose: Whose) -> list[Erased]:
    """End every sign-in, tell the clients over the back channel, and erase; what became of what.

    Raises ``ImproperlyConfigured`` where clients have to be told and no ISSUER is set. Nothing is erased then.
    """
    using = router.db_for_write(Authorization)
    if whose.user is not None:
        sids = Authorization.objects.using(using).filter(user=whose.user).exclude(sid="").values_list("sid", flat=True)
        end_sessions(set(sids), Issuer(provider_settings.ISSUER))
        revoke_user(whose.user)
    return run(lambda: [_erase(one, whose, using) for one in holdings()], using=using)


def _erase(holding: Holding, whose: Whose, using: str) -> Erased:
    rows = holding.of(whose, using=using)
    return Erased(holding.name, holding.erase(rows, whose) if holding.erase else rows.count(), holding.becomes)
