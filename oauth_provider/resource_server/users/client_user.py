"""Client that acts for itself (RFC 6749 §4.4): the ``request.user`` of a call without a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True)
class ClientUser:
    """User object of a client: it answers as Django's ``AnonymousUser``, and has the ``client_id``.

    It is not an account: no ``pk``, not authenticated, no permission (RFC 9700 §4.15: a client must not pass for a
    user). Only its scopes say what such a client may do.
    """

    client_id: str

    pk: ClassVar[None] = None
    id: ClassVar[None] = None
    username: ClassVar[str] = ""
    is_authenticated: ClassVar[Literal[False]] = False
    is_anonymous: ClassVar[Literal[True]] = True
    is_active: ClassVar[Literal[False]] = False
    is_staff: ClassVar[Literal[False]] = False
    is_superuser: ClassVar[Literal[False]] = False

    def __str__(self) -> str:
        # The prefix keeps a client called "admin" apart from the person in logs and audit trails.
        return f"client:{self.client_id}"

    def get_username(self) -> str:
        """Return "": a client has no username."""
        return self.username

    def get_user_permissions(self, obj: Any = None) -> set[str]:
        """Return no permissions."""
        return set()

    def get_group_permissions(self, obj: Any = None) -> set[str]:
        """Return no permissions."""
        return set()

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """Return no permissions."""
        return set()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Return False, or True for an empty list, as Django's own users do."""
        return not list(perm_list)

    def has_module_perms(self, module: str) -> bool:
        """Return False."""
        return False
