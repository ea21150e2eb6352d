"""Token bindings: what DOT's access token row cannot say, and the one lookup that an API call costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import ACCESS_TOKEN, Row, access_token_model, application_model, concrete_names
from oauth_provider.dot.usability import is_decided_by_model, is_usable
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.client import ClientPolicy, is_barred
from oauth_provider.models.compiled import CompiledQuery, whole_row
from oauth_provider.models.verification_cache import AUTHORIZATION, CLIENT, USER, Name, verification_cache
from oauth_provider.protocol.access_token import JwtAccessToken

# Everything that decides about a token and is not a column of its user or its client.
COLUMNS = {
    "expires": "expires",
    "issued_at": "created",
    "scope": "scope",
    "resources": "resource",
    "user_id": "user_id",
    "application_id": "application_id",
    "policy_status": "application__oauth_policy__status",
    "cnf": "oauth_binding__cnf",
    "act": "oauth_binding__act",
    "authorization_id": "oauth_binding__authorization_id",
    "public_id": "oauth_binding__authorization__public_id",
    "auth_time": "oauth_binding__authorization__auth_time",
    "acr": "oauth_binding__authorization__acr",
    "revoked_at": "oauth_binding__authorization__revoked_at",
    "ends_at": "oauth_binding__authorization__expires_at",
    "claims": "oauth_binding__authorization__claims",
    "authorization_details": "oauth_binding__authorization_details",
    "subject_type": "application__oauth_policy__subject_type",
    "sector_identifier_uri": "application__oauth_policy__sector_identifier_uri",
    "userinfo_alg": "application__oauth_policy__userinfo_signed_response_alg",
}


@dataclass(frozen=True)
class FoundToken:
    """An access token with everything that decides whether it is good; no key of ``COLUMNS`` is missing.

    ``jwt`` is what it says itself, where it is one.
    """

    facts: dict[str, Any]
    user: Any
    client: dict[str, Any]
    using: str
    jwt: JwtAccessToken | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """Where it may be used; none: anywhere here. A JWT must name somebody, and the issuer is all that is here."""
        resources = tuple(self.facts["resources"] or ())
        return () if self.jwt is not None and self.jwt.issuer in resources else resources

    @cached_property
    def application(self) -> Row | None:
        """DOT's row of the client, hydrated only when somebody asks for it."""
        if self.facts["application_id"] is None:
            return None
        return whole_row(application_model(), list(self.client.values()), self.using)

    def refusal(self, now: datetime) -> str:
        """Why this token is refused, for the operator; empty if nothing is said against it."""
        facts = self.facts
        return refusal(
            now,
            expires=facts["expires"],
            is_barred=facts["policy_status"] == ClientPolicy.Status.SUSPENDED or not self._is_usable(),
            user=self.user,
            revoked_at=facts["revoked_at"],
            ends_at=facts["ends_at"],
        )

    def _is_usable(self) -> bool:
        # The row is hydrated only for a project whose model has something to say.
        return not is_decided_by_model() or self.application is None or is_usable(self.application)


def refusal(
    now: datetime,
    *,
    expires: datetime,
    is_barred: bool,
    user: Any,
    revoked_at: datetime | None,
    ends_at: datetime | None,
) -> str:
    """The rules of a good access token, in order: why it is refused, or an empty string."""
    if expires <= now:
        return "expired"
    if is_barred:
        return "client suspended"
    if user is not None and not getattr(user, "is_active", True):
        return "user inactive"
    if revoked_at is not None:
        return "authorization revoked"
    if ends_at is not None and ends_at <= now:
        return "authorization expired"
    return ""


class TokenBindingManager(models.Manager["TokenBinding"]):
    """Finding access tokens by their checksum."""

    def find(self, checksum: str) -> FoundToken | None:
        """The access token with this checksum, in one SELECT compiled once for each database alias."""
        using = router.db_for_write(access_token_model())
        rows = _LOOKUP.run(using, checksum)
        return _found(rows[0], using) if rows else None

    def recall(self, checksum: str) -> FoundToken | None:
        """As ``find``, or what this process remembers of it, where the project wants that."""
        if not provider_settings.VERIFICATION_CACHE_LIFETIME:
            return self.find(checksum)
        using = router.db_for_write(access_token_model())
        row = verification_cache.find(
            checksum, lambda: next(iter(_LOOKUP.run(using, checksum)), None), _depends_on, using=using
        )
        return _found(row, using) if row is not None else None

    def find_by_orm(self, checksum: str) -> FoundToken | None:
        """The twin of ``find`` as an ordinary queryset; a test holds the two equal."""
        row = next(iter(_lookup(checksum)), None)
        return _found(row, router.db_for_write(access_token_model())) if row is not None else None

    def good_row(self, checksum: str) -> Row | None:
        """DOT's own row of a token that nothing is said against and no key is bound to, for DOT's classes."""
        row = (
            access_token_model()
            ._base_manager.select_related("user", "application__oauth_policy", "oauth_binding__authorization")
            .filter(token_checksum=checksum)
            .first()
        )
        if row is None:
            return None
        binding: TokenBinding | None = getattr(row, "oauth_binding", None)
        authorization = binding.authorization if binding else None
        against = refusal(
            timezone.now(),
            expires=row.expires,
            is_barred=row.application is not None and is_barred(row.application),
            user=row.user,
            revoked_at=authorization.revoked_at if authorization else None,
            ends_at=authorization.expires_at if authorization else None,
        )
        return None if against or (binding and binding.cnf) else row


class TokenBinding(models.Model):
    """What an access token hangs on and is for. A plain client_credentials token has no row."""

    access_token = models.OneToOneField(
        ACCESS_TOKEN, on_delete=models.CASCADE, primary_key=True, related_name="oauth_binding"
    )
    authorization = models.ForeignKey(Authorization, on_delete=models.CASCADE, null=True, related_name="token_bindings")
    cnf = models.JSONField(_("key binding"), null=True)
    act = models.JSONField(_("actor"), null=True)
    authorization_details = models.JSONField(_("authorization details"), default=list)

    objects: ClassVar[TokenBindingManager] = TokenBindingManager()

    class Meta:
        verbose_name = _("token binding")
        verbose_name_plural = _("token bindings")

    def __str__(self) -> str:
        return f"binding of access token {self.access_token_id}"


def _lookup(checksum: Any) -> models.QuerySet[Any, Any]:
    users = [f"user__{name}" for name in concrete_names(get_user_model())]
    clients = [f"application__{name}" for name in concrete_names(application_model())]
    found = access_token_model()._base_manager.filter(token_checksum=checksum)
    rows: models.QuerySet[Any, Any] = found.values_list(*COLUMNS.values(), *users, *clients)
    return rows


_LOOKUP = CompiledQuery(_lookup)


def _depends_on(row: Sequence[Any]) -> list[Name]:
    facts = dict(zip(COLUMNS, row, strict=False))
    names = ((AUTHORIZATION, "authorization_id"), (USER, "user_id"), (CLIENT, "application_id"))
    return [(kind, facts[column]) for kind, column in names if facts[column] is not None]


def _found(row: Sequence[Any], using: str) -> FoundToken:
    user_model = get_user_model()
    user_names, client_names = concrete_names(user_model), concrete_names(application_model())
    facts = dict(zip(COLUMNS, row, strict=False))
    user_values = row[len(COLUMNS) : len(COLUMNS) + len(user_names)]
    client_values = row[len(COLUMNS) + len(user_names) :]
    user = whole_row(user_model, user_values, using)
    return FoundToken(facts, user, dict(zip(client_names, client_values, strict=True)), using)
