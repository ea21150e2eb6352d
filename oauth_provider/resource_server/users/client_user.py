"""A client that acts for itself (RFC 6749 §4.4): what ``request.user`` is when no person is behind a call."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True)
class ClientUser:
    """Answers as Django's ``AnonymousUser`` does, and knows which client it is.

    It is nobody's account: no ``pk``, not authenticated, no permission (RFC 9700 §4.15: a client must not
    pass for a user). What such a client may do is said by its scopes alone.
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
        """The empty string: a client has no username."""
        return self.username

    def get_user_permissions(self, obj: Any = None) -> set[str]:
        """None."""
        return set()

    def get_group_permissions(self, obj: Any = None) -> set[str]:
        """None."""
        return set()

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """None."""
        return set()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """False."""
        return False

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """False, unless nothing is asked for, as Django's own users answer."""
        return not list(perm_list)

    def has_module_perms(self, module: str) -> bool:
        """False."""
        return False
