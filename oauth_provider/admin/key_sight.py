"""Facts about signing keys for the admin: the term of each, what it signs, and whether it can be opened.

Nothing here holds the private half of a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, SigningKey
from oauth_provider.models.key_schedule import Term, schedule
from oauth_provider.models.signing_key import PUBLISHED
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.tokens.key_ring import key_ring

# What a client has signed for it: its ID tokens and logout tokens, and its answers where it wants them so.
SIGNED = ("id_token_signed_response_alg", "userinfo_signed_response_alg", "authorization_signed_response_alg")


@dataclass(frozen=True, slots=True)
class Sight:
    """Facts about one key of the database, for the pages."""

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
            _signs(row.alg, clients) if term.state in PUBLISHED else "",
            row.kid in lost,
        )
        for row in rows
    }


def clients_by_algorithm() -> Mapping[str, int]:
    """Return how many clients want something signed with each algorithm; one without a policy wants the default."""
    asked = {alg: reduce(or_, (Q(**{column: alg}) for column in SIGNED)) for alg in ALGORITHMS}
    found: dict[str, int] = ClientPolicy.objects.aggregate(
        **{alg: Count("pk", filter=wants) for alg, wants in asked.items()}
    )
    column: Any = ClientPolicy._meta.get_field(SIGNED[0])
    without = application_model()._base_manager.filter(oauth_policy=None).count()
    return found | {column.default: found[column.default] + without}


def _signs(alg: str, clients: Mapping[str, int]) -> str:
    if alg not in provider_settings.SIGNING_ALGORITHMS:
        return _("nothing: it is not among SIGNING_ALGORITHMS")
    return signed_with(alg, clients)


def signed_with(alg: str, clients: Mapping[str, int]) -> str:
    """Return in words what the key of ``alg`` signs."""
    number = clients.get(alg, 0)
    what = []
    if number:
        words = ngettext(
            "ID tokens and signed answers of %(number)d client",
            "ID tokens and signed answers of %(number)d clients",
            number,
        )
        what.append(words % {"number": number})
    if alg == provider_settings.ACCESS_TOKEN_SIGNING_ALG:
        what.append(_("access tokens that are JWTs"))
    return "; ".join(what) or _("nothing: no client asks for it")
