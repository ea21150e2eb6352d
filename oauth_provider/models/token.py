"""Token bindings: what DOT's access token row cannot say, and the one lookup that an API call costs."""

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from django.db import models, router
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import ACCESS_TOKEN, Row, access_token_model, concrete_names
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.client import Client, is_barred
from oauth_provider.models.client_memory import condition
from oauth_provider.models.compiled import CompiledQuery, user_model, whole_row
from oauth_provider.models.database_clock import database_now
from oauth_provider.models.found_token import (
    COLUMNS,
    USERINFO_COLUMNS,
    FoundToken,
    UserinfoTerms,
    client_row,
    paths_of_client,
    paths_of_user,
    refusal,
)
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.verification_cache import AUTHORIZATION, CLIENT, USER, Name, verification_cache

# Of the columns of the user, after those of the token.
START = len(COLUMNS)


class TokenBindingManager(PrimaryManager["TokenBinding"]):
    """Finding access tokens by their checksum."""

    def find(self, checksum: str) -> FoundToken | None:
        """The access token with this checksum, in one SELECT compiled once for each database alias."""
        using = router.db_for_write(access_token_model())
        rows = _LOOKUP.run(using, checksum)
        return _found(rows[0], using) if rows else None

    def find_for(self, client: Client, checksum: str) -> FoundToken | None:
        """The same for ``client``, which it confirms by the way. Raises ``ClientChanged``."""
        recalled = client.recalled
        if recalled is None:
            return self.find(checksum)
        using = router.db_for_write(access_token_model())
        rows = _CONFIRMING_LOOKUP.run(using, checksum, *recalled.parameters)
        if not rows:
            return None
        is_confirmed, *row = rows[0]
        recalled.settle(is_confirmed)
        return _found(row, using)

    def find_for_userinfo(self, checksum: str) -> FoundToken | None:
        """The same, with its ``userinfo``."""
        using = router.db_for_write(access_token_model())
        rows = _USERINFO_LOOKUP.run(using, checksum)
        if not rows:
            return None
        width = len(USERINFO_COLUMNS)
        return _found(rows[0][width:], using)._replace(userinfo=UserinfoTerms(*rows[0][:width]))

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
        using = router.db_for_write(access_token_model())
        row = next(iter(_lookup(checksum).using(using)), None)
        return _found(row, using) if row is not None else None

    def good_row(self, checksum: str) -> Row | None:
        """DOT's own row of a token that nothing is said against and no key is bound to, for DOT's classes."""
        using = router.db_for_write(access_token_model())
        row = (
            access_token_model()
            ._base_manager.using(using)
            .select_related("user", "application__oauth_policy", "oauth_binding__authorization")
            .filter(token_checksum=checksum)
            .first()
        )
        if row is None:
            return None
        binding: TokenBinding | None = getattr(row, "oauth_binding", None)
        authorization = binding.authorization if binding else None
        against = refusal(
            database_now(using),
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


def _paths() -> tuple[str, ...]:
    return (*COLUMNS.values(), *paths_of_user(), *paths_of_client())


def _lookup(checksum: Any) -> models.QuerySet[Any, Any]:
    found = access_token_model()._base_manager.filter(token_checksum=checksum)
    rows: models.QuerySet[Any, Any] = found.values_list(*_paths())
    return rows


def _userinfo_lookup(checksum: Any) -> models.QuerySet[Any, Any]:
    return _lookup(checksum).values_list(*USERINFO_COLUMNS.values(), *_paths())


def _confirming_lookup(checksum: Any, secret_id: Any, application_id: Any, version: Any) -> models.QuerySet[Any, Any]:
    is_so: Any = RawSQL(condition(), (secret_id, application_id, version), output_field=models.BooleanField())  # noqa: S611 - our own names
    return _lookup(checksum).values_list(is_so, *_paths())


_LOOKUP, _USERINFO_LOOKUP = CompiledQuery(_lookup), CompiledQuery(_userinfo_lookup)
_CONFIRMING_LOOKUP = CompiledQuery(_confirming_lookup)


def _found(row: Sequence[Any], using: str) -> FoundToken:
    people, end = _people()
    user = whole_row(people, row[START:end], using)
    client = client_row(row[end:], using) if len(row) > end else None
    return FoundToken(*row[:START], user=user, using=using, client=client)  # type: ignore[misc]  # mypy counts no row


@cache
def _people() -> tuple[type[Any], int]:
    """The model of users, and where their columns end."""
    model = user_model()
    return model, START + len(concrete_names(model))


def _depends_on(row: Sequence[Any]) -> list[Name]:
    facts = dict(zip(COLUMNS, row, strict=False))
    names = ((AUTHORIZATION, "authorization_id"), (USER, "user_id"), (CLIENT, "application_id"))
    return [(kind, facts[column]) for kind, column in names if facts[column] is not None]
