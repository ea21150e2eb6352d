"""Sign-ins, consents and tokens, in whatever number a list is to hold."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, Consent, LogoutDelivery, TokenBinding
from oauth_provider.protocol.digest import digest
from tests.backchannel import TOLD
from tests.factories import CALLBACK, ApplicationFactory, UserFactory

DOTS = "a refresh token of DOT's"
_numbers = count()


def authorization(user: Any = None, application: Any = None, **columns: Any) -> Authorization:
    """A sign-in that is live, with an access token that hangs on it."""
    now = timezone.now()
    row = Authorization.objects.create(
        user=user or UserFactory(),
        application=application or ApplicationFactory(),
        **{
            "grant_type": "authorization_code",
            "scope": "notes:read",
            "redirect_uri": CALLBACK,
            "redeemed_at": now,
            "expires_at": now + timedelta(days=1),
            **columns,
        },
    )
    token = access_token_model()(user=row.user, application=row.application, token="", scope="notes:read")
    token.token_checksum, token.expires = digest(f"token of {row.pk}"), now + timedelta(hours=1)
    token.save()
    TokenBinding.objects.create(access_token=token, authorization=row)
    return row


def consent(user: Any = None, application: Any = None) -> Consent:
    """A consent to two scopes."""
    scopes = {"notes:read": {"": "a digest of words"}, "notes:write": {"https://api.example.com/": "another"}}
    user, application = user or UserFactory(), application or ApplicationFactory()
    entries = {"client": "how it looked", "scopes": scopes, "details": {}}
    return Consent.objects.create(user=user, application=application, entries=entries)


def logout_delivery(user: Any = None, application: Any = None, **columns: Any) -> LogoutDelivery:
    """A message that was given up; of its person it says no more than the client knows."""
    given = {"status": "dead", "attempts": 7, "ended_at": timezone.now(), "last_error": "Refused: 503", **columns}
    application = application or ApplicationFactory(policy={"backchannel_logout_uri": TOLD})
    return LogoutDelivery.objects.create(
        application=application, issuer="https://auth.example.com", subject="whoever", sid="a-session", **given
    )


def access_token(user: Any = None, application: Any = None, token: str = "") -> Any:
    """An access token that DOT issued, as DOT kept it."""
    return access_token_model().objects.create(
        user=user or UserFactory(),
        application=application or ApplicationFactory(),
        token=token or f"an access token of DOT's, number {next(_numbers)}",
        scope="notes:read",
        expires=timezone.now() + timedelta(hours=1),
    )


def refresh_token(user: Any = None, application: Any = None, token: str = "") -> Any:
    """A refresh token that DOT issued, and the access token beside it."""
    user, application = user or UserFactory(), application or ApplicationFactory()
    token = token or f"{DOTS}, number {next(_numbers)}"
    beside = access_token(user, application, token=f"beside {token}")
    return refresh_token_model().objects.create(user=user, application=application, token=token, access_token=beside)
