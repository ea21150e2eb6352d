"""The receipt of a yes (RFC 6749 §3.1): what the page showed and what was agreed to, in the words of that moment."""

from typing import Any

from oauth_provider import __version__
from oauth_provider.authorization.asker import asker_of
from oauth_provider.authorization.inquiry import Inquiry
from oauth_provider.authorization.language import page_language, speaking
from oauth_provider.authorization.question import Asked, Decision, Question
from oauth_provider.models import Consent
from oauth_provider.models.consent_receipt import ConsentReceipt
from oauth_provider.protocol.authorization_details import Detail, canonical
from oauth_provider.registry.authorization_details import registered
from oauth_provider.registry.scope import permissions_of
from oauth_provider.tokens.person import username_of


def receipt_of(inquiry: Inquiry, decision: Decision, part: Asked, *, consent: Consent, at: Any) -> ConsentReceipt:
    """Return the row, not saved: ``part`` of the question was agreed to, and is remembered as ``consent``."""
    question = inquiry.question
    with speaking(inquiry.request.ui_locales):
        return ConsentReceipt(
            consent=consent,
            given_at=at,
            user=str(question.user.pk),
            client_id=question.client.client_id,
            context=decision.context or "",
            language=page_language(),
            version=__version__,
            content=_content(question, decision, part, inquiry.destination.redirect_uri),
        )


def _content(question: Question, decision: Decision, part: Asked, redirect_uri: str) -> dict[str, Any]:
    names = {one.key: str(one.name) for one in question.contexts}
    agreed, allowed = set(part.scope), set(map(canonical, part.details))
    asker = asker_of(question.client, redirect_uri)
    return {
        "account": username_of(question.user),
        "client": {
            "client_id": question.client.client_id,
            "name": asker.name,
            "host": asker.host,
            "standing": asker.standing.value,
            "publisher": asker.publisher,
        },
        "destination": question.destination,
        "redirect_uri": redirect_uri,
        "permissions": [
            {
                "scope": one.scope,
                "words": one.words,
                "description": one.description,
                "warning": one.warning,
                "agreed": one.scope in agreed,
            }
            for one in permissions_of(dict.fromkeys([*question.asked.scope, *part.scope]))
        ],
        "read_only": decision.reads_only,
        "resources": [{"resource": one.identifier, "name": str(one.name)} for one in part.audience.resources],
        "authorization_details": [
            *(_detail(one, is_agreed=True) for one in part.details),
            *(_detail(one, is_agreed=False) for one in question.asked.details if canonical(one) not in allowed),
        ],
        "context": {"context": decision.context, "name": names[decision.context]} if decision.context else None,
        "until": decision.until.isoformat() if decision.until is not None else None,
    }


def _detail(detail: Detail, *, is_agreed: bool) -> dict[str, Any]:
    known = registered(detail["type"])
    return {"name": str(known.name) or known.type, "detail": dict(detail), "agreed": is_agreed}
