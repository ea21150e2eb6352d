"""Looking authorizations up by what is presented of them: one SELECT each, locked by nobody, with the user."""

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.models import Authorization
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.lookup import CompiledRows


@sensitive_variables()
def find_by_code(code: str) -> Authorization | None:
    """Find the authorization of a code."""
    return _first(_OF_CODE, digest(code))


@sensitive_variables()
def find_by_family(family: str) -> Authorization | None:
    """Find the authorization of a family of refresh tokens."""
    return _first(_OF_FAMILY, digest(family))


def find_by_access_token(checksum: str) -> Authorization | None:
    """Find the authorization that an access token hangs on."""
    return _first(_OF_ACCESS_TOKEN, checksum)


def _first(rows: CompiledRows[Authorization], value: str) -> Authorization | None:
    return rows.first(value, using=router.db_for_write(Authorization))


_OF_CODE = CompiledRows(Authorization, Authorization.objects.of_code, related="user")
_OF_FAMILY = CompiledRows(Authorization, Authorization.objects.of_family, related="user")
_OF_ACCESS_TOKEN = CompiledRows(Authorization, Authorization.objects.of_access_token, related="user")
