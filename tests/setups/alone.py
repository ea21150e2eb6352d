"""The same project after our app is gone, in a process of its own: is what DOT's tables say still true?"""

import sys
from datetime import timedelta

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.utils import timezone  # noqa: E402
from oauth2_provider.models import get_application_model, get_grant_model  # noqa: E402

from oauth_provider.protocol.pkce import s256  # noqa: E402

CALLBACK = "https://app.example.com/callback"
VERIFIER = "v" * 50


def named(name):
    """The user that was called so."""
    model = get_user_model()
    return model._default_manager.get(**{f"{model.USERNAME_FIELD}__startswith": name})


def token(client_id, secret):
    """DOT's answer to a code of its own."""
    application = get_application_model().objects.get(client_id=client_id)
    get_grant_model().objects.create(
        user=named("user"),
        application=application,
        code=f"{client_id}{secret[:1]}",
        expires=timezone.now() + timedelta(minutes=1),
        redirect_uri=CALLBACK,
        scope="read",
        code_challenge=s256(VERIFIER),
        code_challenge_method="S256",
    )
    form = {"grant_type": "authorization_code", "code": f"{client_id}{secret[:1]}", "redirect_uri": CALLBACK}
    form |= {"code_verifier": VERIFIER, "client_id": client_id, "client_secret": secret}
    return Browser().post("/o/token/", form)


def opens(access_token):
    """Is it good at an API under DOT's guard?"""
    return Browser().get("/api", headers={"authorization": f"Bearer {access_token}"}).status_code == 200


def main(left, bound):
    for application in get_application_model().objects.all():
        assert application.user == named("owner")
        assert application.redirect_uris == CALLBACK
    grant_types = dict(get_application_model().objects.values_list("client_id", "authorization_grant_type"))
    assert grant_types == {
        "kept": "authorization-code",
        "rotated": "client-credentials",
        "blank": "client-credentials",
    }

    answer = token("kept", "k" * 128)
    assert answer.status_code == 200, answer.content
    tokens = answer.json()
    assert opens(tokens["access_token"])
    assert opens(left)
    assert not opens(bound)
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    form |= {"client_id": "kept", "client_secret": "k" * 128}
    assert Browser().post("/o/token/", form).status_code == 200

    # The secret that was rotated away is gone, and nothing stands where it stood.
    for client_id, secret in (("rotated", ""), ("rotated", "r" * 128), ("blank", "")):
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        assert Browser().post("/o/token/", form).status_code == 401, (client_id, secret)


if __name__ == "__main__":
    main(*sys.argv[1:])
