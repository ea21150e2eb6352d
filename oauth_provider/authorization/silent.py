"""``prompt=none`` (OpenID Connect Core §3.1.2.6): what a client learns of the person in front of the browser.

The answer must not say who is signed in, or since when, to a client that this person never let in.
"""

from django.db import router

from oauth_provider.authorization.demand import Demand, Visit
from oauth_provider.authorization.destination import Destination
from oauth_provider.authorization.inquiry import Inquiry
from oauth_provider.authorization.question import Question
from oauth_provider.conf import provider_settings
from oauth_provider.models import Consent
from oauth_provider.protocol.errors import ConsentRequired, InteractionRequired, LoginRequired, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.users.session_user import session_user


def silent_error(
    visit: Visit, destination: Destination, demand: Demand | None, *, left_open: OAuthError | None = None
) -> OAuthError:
    """Return the error for a request that would need a page: for ``demand``, or for consent where that is None.

    ``left_open`` is for what the person would have to choose.
    """
    if demand in (Demand.LOGIN, Demand.SIGN_UP) and destination.is_assured:
        return LoginRequired(Reason.USER_NOT_SIGNED_IN)
    if not has_agreed(visit, destination):
        return LoginRequired(Reason.USER_NEVER_AGREED)
    if not destination.is_assured:
        # Any app on the device may ask in this one's name: neither a hint nor max_age makes another answer of it.
        return InteractionRequired(Reason.CLIENT_NOT_ASSURED)
    if demand is None and left_open is not None:
        return left_open
    if demand is None:
        return ConsentRequired(Reason.CONSENT_MISSING)
    return InteractionRequired(Reason.SIGN_IN_TOO_WEAK)


def choice_error(inquiry: Inquiry) -> OAuthError | None:
    """Return the error for what a person would have to choose to answer ``inquiry``; None where that is nothing.

    Of a context that is named, nobody learns whether the person belongs to it who was not let in there.
    """
    question = inquiry.question
    is_named = bool(provider_settings.GRANT_CONTEXTS and inquiry.request.context)
    if not question.is_settled or (is_named and not has_agreed_there(question)):
        return InteractionRequired(Reason.CONTEXT_NOT_SETTLED)
    return InteractionRequired(Reason.CHOICE_NOT_MADE) if question.choices else None


def has_agreed_there(question: Question) -> bool:
    """Did the person of ``question`` let its client in, in its context?"""
    consents = Consent.objects.using(router.db_for_write(Consent))
    found_by = {"user": question.user, "application": question.client.application.pk, "context": question.context or ""}
    return consents.filter(**found_by).exists()


def has_agreed(visit: Visit, destination: Destination) -> bool:
    """Did the person who is signed in ever let this client in, or did the operator for everyone?"""
    if visit.context is None:
        return False
    application = destination.client.application
    if application.skip_authorization:
        return True
    consents = Consent.objects.using(router.db_for_write(Consent))
    return consents.filter(user=session_user(visit.http), application=application.pk).exists()
