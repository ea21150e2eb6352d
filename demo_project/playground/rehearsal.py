"""Rehearsing (RFC 7009 §1): the server forgets what somebody agreed to, so that the next walk asks them again.

Photo Book knows nothing of this: it is what a person does at the authorization server.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from demo_project.playground.photo_book import photo_book
from oauth_provider.dot.names import application_model
from oauth_provider.events.actor import Actor
from oauth_provider.models import Authorization, Consent
from oauth_provider.tokens.withdraw import withdraw_consent

Visitor = AbstractBaseUser | AnonymousUser


def has_agreed(visitor: Visitor) -> bool:
    """Does the server remember a consent of this person's for Photo Book, or does a sign-in of theirs still last?"""
    if not visitor.is_authenticated:
        return False
    whose = {"user": visitor, "application__client_id": photo_book().client_id}
    return Consent.objects.filter(**whose).exists() or Authorization.objects.filter(**whose, revoked_at=None).exists()


def forget_consent(visitor: Visitor, by: Actor) -> str:
    """Withdraw what this person agreed to for Photo Book, which ends its sign-ins; return what to tell them."""
    application = application_model()._base_manager.filter(client_id=photo_book().client_id).first()
    if application is None or not visitor.is_authenticated:
        return "Nobody is logged in here, so there is no consent to forget."
    ended = withdraw_consent(user=visitor, application=application, by=by)
    its = {0: "", 1: ", and its sign-in has ended"}.get(ended, f", and its {ended} sign-ins have ended")
    return f"Your consent is forgotten: Photo Book has to ask you again{its}."
