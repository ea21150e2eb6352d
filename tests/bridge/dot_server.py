"""A server of DOT's alone, for what it stored before we came: its token endpoint under its stock validator."""

import secrets
from datetime import timedelta

from django.test import Client as Browser
from django.urls import path
from django.utils import timezone
from oauth2_provider.models import get_grant_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import TokenView

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.pkce import s256
from tests.driver import post, verifier
from tests.factories import CALLBACK

urlpatterns = [path("dot/token/", TokenView.as_view(validator_class=OAuth2Validator))]


def issue(application, user, *, scope="read write", resource=()):
    """The answer of DOT's own token endpoint to a code of its own."""
    code, code_verifier = secrets.token_hex(16), verifier()
    get_grant_model().objects.create(
        user=user,
        application=application,
        code=code,
        expires=timezone.now() + timedelta(minutes=1),
        redirect_uri=CALLBACK,
        scope=scope,
        resource=list(resource),
        code_challenge=s256(code_verifier),
        code_challenge_method="S256",
    )
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": code_verifier}
    return ask(application, **form)


def refresh(application, refresh_token):
    """The answer of DOT's own token endpoint to a refresh token."""
    return ask(application, grant_type="refresh_token", refresh_token=refresh_token)


def ask(application, **form):
    """POST to DOT's token endpoint."""
    form["client_id"] = application.client_id
    if application.secret:
        form["client_secret"] = application.secret
    response = post(Browser(), "/dot/token/", form)
    assert response.status_code == 200, response.content
    return response.json()


def rows(answer):
    """DOT's access and refresh token rows of an answer, as they are now."""
    access = access_token_model().objects.filter(token_checksum=digest(answer["access_token"])).first()
    return access, refresh_token_model().objects.get(token_checksum=digest(answer["refresh_token"]))
