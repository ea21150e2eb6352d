"""Refusals of the rules as errors of RFC 7591 §3.2.2, for a program: the first fault, with its member, in English."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import override

from oauth_provider.clients.registration.metadata import OF_POLICY
from oauth_provider.clients.registration.proposal import MetadataRefused
from oauth_provider.clients.registration.quotas import QuotaReached
from oauth_provider.clients.registration.words import as_plain_text
from oauth_provider.protocol.client_metadata import refusal
from oauth_provider.protocol.errors import OAuthError, TemporarilyUnavailable
from oauth_provider.protocol.reason import Reason

# Some faults are told by their columns.
MEMBERS = {column: member for member, column in OF_POLICY.items()}
MEMBERS["is_public"] = "token_endpoint_auth_method"
# RFC 6749 §5.2: printable ASCII without quotes and backslashes.
PLAIN = str.maketrans(
    {"§": "section ", "“": "'", "”": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'", '"': "'", "\\": "/"}
)
MAX_LENGTH = 400
# In seconds: for where nobody knows when there is room again.
LATER = 3600


@contextmanager
def told_as_errors() -> Iterator[None]:
    """Raise ``OAuthError`` for what the rules refuse, whatever language a browser asks for."""
    with override("en"):
        try:
            yield
        except QuotaReached as reached:
            raise _busy(reached) from None
        except MetadataRefused as refused:
            raise _first_fault(refused) from None


def _busy(reached: QuotaReached) -> OAuthError:
    later = reached.retry_after or LATER
    return TemporarilyUnavailable(Reason.REGISTERED_TOO_OFTEN, detail=str(reached), retry_after=later)


def _first_fault(refused: MetadataRefused) -> OAuthError:
    fault = refused.faults[0]
    member = MEMBERS.get(fault.member, fault.member) or "client metadata"
    return refusal(member, _in_ascii(as_plain_text(fault.text))[:MAX_LENGTH])


def _in_ascii(text: str) -> str:
    plain = text.translate(PLAIN)
    return "".join(character if " " <= character <= "~" else "?" for character in plain)
