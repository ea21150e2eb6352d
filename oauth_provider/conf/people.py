"""Part of ``conf``: settings of what people are told, of what they agreed to, and of access that they do not use."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.utils.module_loading import import_string

from oauth_provider.conf.requests import RequestSettings

APP_CONNECTED, SIGN_IN_REPLAYED, ACCESS_UNUSED = "app_connected", "sign_in_replayed", "access_unused"
CLIENT_STATUS = "client_status"
NOTICES = (APP_CONNECTED, SIGN_IN_REPLAYED, ACCESS_UNUSED, CLIENT_STATUS)
# Kinds of the outbox begin with it. A project's own are called otherwise, or ours would send them.
NOTICE_PREFIX = "notice_"


class PeopleSettings(RequestSettings):
    """Settings of mails to people, of the receipts of their consents, and of the end of unused access."""

    @property
    def NOTICES(self) -> Sequence[str]:
        """Mails that people get: ``app_connected``, ``sign_in_replayed``, ``access_unused`` and ``client_status``.

        Default: all four. An empty list turns them off. ``oauth_deliver`` sends them.
        """
        return self._get("NOTICES", NOTICES)

    @property
    def USER_LANGUAGE(self) -> Callable[[Any], str] | None:
        """Dotted path of a function that returns the language of a user, in which mails to them are written.

        Default: none, and they are written in ``LANGUAGE_CODE``.
        """
        path = self._get("USER_LANGUAGE", None)
        return cast("Callable[[Any], str]", import_string(path)) if path else None

    @property
    def UNUSED_ACCESS_ENDS_AFTER(self) -> int | None:
        """Time without use after which ``oauth_sweep`` ends what a person agreed to for an application, in seconds.

        More than two weeks: the person can keep it in the last week. Default: None, and it never ends for that.
        """
        return self._get("UNUSED_ACCESS_ENDS_AFTER", None)

    @property
    def CONSENT_RECEIPT_LIFETIME(self) -> int | None:
        """Time that the receipt of a consent is kept after the consent was taken back, in seconds.

        Default: 94608000 (three years). None keeps it for ever.
        """
        return self._get("CONSENT_RECEIPT_LIFETIME", 3 * 365 * 86400)
