"""Last refusals of an app, for whoever develops it: in words, with the reason code (RFC 6749 §5.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from oauth_provider.events.refusal_ring import KEPT_FOR, last_refusals
from oauth_provider.pages.applications.door import Seat, for_members
from oauth_provider.pages.applications.shown import frame
from oauth_provider.pages.sending.page import show
from oauth_provider.protocol.reason import Reason

# Details that tell of the request alone. Others are for operators: they name people, sign-ins, keys or machines.
TOLD = frozenset(
    one.code
    for one in (
        Reason.CODE_EXPIRED, Reason.CLIENT_ASSERTION_EXPIRED, Reason.CLIENT_ASSERTION_AUDIENCE,
        Reason.CLIENT_ASSERTION_SIGNATURE, Reason.CLIENT_ASSERTION_MALFORMED, Reason.CLIENT_METHOD_NOT_ALLOWED,
        Reason.REDIRECT_URI_NOT_HTTPS, Reason.RESOURCE_UNKNOWN, Reason.DETAILS_TYPE_NOT_ALLOWED,
        Reason.DETAILS_NOT_JSON, Reason.CLAIMS_MALFORMED, Reason.PARAMETER_REPEATED,
        Reason.PARAMETER_WITH_CONTROL_CHARACTERS, Reason.REQUEST_OBJECT_SIGNATURE,
    )
)  # fmt: skip
# The client was not proven, so somebody else may have sent them.
ANYBODYS = frozenset({"invalid_client"})


@dataclass(frozen=True, slots=True)
class Failure:
    """One refusal. ``detail`` is empty where it is none of the developer's business."""

    at: datetime
    words: str
    detail: str
    reason: str
    error: str
    path: str
    stands_for: int
    is_anybodys: bool


@for_members
def app_failures(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show them, the newest first."""
    failures = list(_failures(last_refusals(seat.client.client_id)))
    context = frame(request, seat, "app_failures") | {"failures": failures, "days": KEPT_FOR // 86_400}
    return show(request, "applications/failures.html", context)


def _failures(kept: list[Mapping[str, Any]]) -> Iterator[Failure]:
    for one in kept:
        yield Failure(
            at=one["at"],
            words=one["description"],
            detail=one["detail"] if one["reason"] in TOLD else "",
            reason=one["reason"],
            error=one["error"],
            path=one["path"],
            stands_for=one["stands_for"],
            is_anybodys=one["error"] in ANYBODYS,
        )
