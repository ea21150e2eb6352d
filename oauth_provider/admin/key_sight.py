"""What the admin says of signing keys: the term of each, what it signs, and whether it can be opened.

Nothing here holds the private half of a key.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, SigningKey
from oauth_provider.models.key_schedule import Term, schedule
from oauth_provider.models.signing_key import PUBLISHED
from oauth_provider.tokens.key_ring import key_ring


@dataclass(frozen=True, slots=True)
class Sight:
    """What the pages say of one key of the database."""

    term: Term
    signs: str
    is_lost: bool


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key that the project's settings give; ``signs`` is empty for one that is only published."""

    kid: str
    alg: str
    signs: str


def are_given() -> bool:
    """Does the project give its keys itself, so that those of the database are not used?"""
    return bool(provider_settings.SIGNER) or provider_settings.SIGNING_KEYS is not None


def given_keys() -> list[GivenKey]:
    """Return the keys that the settings give. Raise ``ImproperlyConfigured`` where they cannot be used."""
    ring, clients = key_ring(), clients_by_algorithm()
    signers = {key.kid for key in ring.signers.values()}
    return [
        GivenKey(key.kid, key.alg, signed_with(key.alg, clients) if key.kid in signers else "")
        for key in ring.published
    ]


def sights() -> dict[str, Sight]:
    """Return what there is to say of every key of the database, by its ``kid``."""
    rows, lost = SigningKey.objects.in_order(), {row.kid for row in SigningKey.objects.lost()}
    terms, clients = schedule(rows, SigningKey.objects.now()), clients_by_algorithm()
    return {
        row.kid: Sight(
            term := terms[row.kid],
            signed_with(row.alg, clients) if term.state in PUBLISHED else "",
            row.kid in lost,
        )
        for row in rows
    }


def clients_by_algorithm() -> Mapping[str, int]:
    """Return how many clients want their ID tokens signed with each algorithm; one without a policy has the default."""
    column = ClientPolicy._meta.get_field("id_token_signed_response_alg")
    chosen = ClientPolicy.objects.order_by().values_list(column.name).annotate(Count("pk"))
    found = Counter(dict(chosen))
    found[column.default] += application_model()._base_manager.filter(oauth_policy=None).count()
    return found


def signed_with(alg: str, clients: Mapping[str, int]) -> str:
    """Return in words what the key of ``alg`` signs."""
    number = clients.get(alg, 0)
    what = []
    if number:
        words = ngettext(
            "ID tokens and logout tokens of %(number)d client",
            "ID tokens and logout tokens of %(number)d clients",
            number,
        )
        what.append(words % {"number": number})
    if alg == provider_settings.ACCESS_TOKEN_SIGNING_ALG:
        what.append(_("access tokens that are JWTs"))
    return "; ".join(what) or _("what a client asks to have signed so; none does for its ID tokens")
