"""The demo where everything is too much, or not to be trusted: forty permissions, 120 characters of name, strangers.

Its person has let a dozen apps in; one of their keys was stolen, and nobody uses another.
"""

from demo_project.settings import *  # noqa: F403
from demo_project.settings import OAUTH_PROVIDER

AREAS = ("Calendar", "Files", "Photos and films", "")
MANY = {
    f"area{number}:read": {
        "title": f"Read everything in area {number} of your account",
        "group": AREAS[number % 4],
        "risk": "deletes" if number in (9, 13) else "",
    }
    for number in range(1, 39)
}
OAUTH_PROVIDER = {
    **OAUTH_PROVIDER,
    "SCOPES": {**OAUTH_PROVIDER["SCOPES"], **MANY},
    "UNUSED_ACCESS_ENDS_AFTER": 180 * 24 * 3600,
}
CROWD = """
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy
name = "The Extraordinarily Long-Winded Company of Albums, Scrapbooks, Keepsakes and "
name += "All Other Things One Looks at Once, Limited"
application_model().objects.filter(client_id="demo-web").update(name=name[:120])
plain = {"logo": "", "publisher": "", "verified_host": "", "accent_color": "", "scopes": None}
ClientPolicy.objects.filter(application__client_id="demo-web").update(**plain)
# Nobody looked at this one.
ClientPolicy.objects.filter(application__client_id="demo-native").update(status="unapproved")

from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from oauth_provider.models import AuditEvent, Authorization, Consent, ConsentReceipt
now, demo = timezone.now(), get_user_model().objects.get(username="demo")
words = {"notes:read": "Read your notes", "notes:write": "Write and delete your notes"}
for number in range(1, 13):
    context = ("choir", "Choir of the Old Harbour") if number % 4 == 0 else None
    key, scopes = context[0] if context else "", list(words)[: 1 + number % 2]
    app = application_model().objects.create(
        name=f"App {number}", client_id=f"app-{number}", client_type="confidential",
        authorization_grant_type="authorization-code", redirect_uris=f"https://app{number}.example.com/cb",
    )
    common = {"application": app, "user": demo, "context": key}
    consent = Consent.objects.create(
        **common, entries={"client": "", "scopes": {one: {"": ""} for one in scopes}, "details": {}},
        until=now + timedelta(days=30) if number == 5 else None,
        used_at=now - timedelta(days=175) if number == 3 else None,
        end_announced_at=now if number == 3 else None,
    )
    for device in ("Firefox, Linux", "Mobile Safari, iOS", "Chrome, Windows", "")[: number % 5 if number != 3 else 0]:
        Authorization.objects.create(
            **common, scope=" ".join(scopes), grant_type="authorization_code", redeemed_at=now, device=device,
            rotated_at=now - timedelta(hours=number), address="2001:db8:85a3::8a2e:370:7334",
            expires_at=now + timedelta(days=9),
        )
    ConsentReceipt.objects.create(
        consent=consent, user=str(demo.pk), client_id=app.client_id, context=key, language="en", version="1",
        given_at=now - timedelta(days=number), content={
            "client": {"client_id": app.client_id, "name": app.name}, "destination": f"app{number}.example.com",
            "permissions": [{"words": said, "agreed": one in scopes} for one, said in words.items()],
            "resources": [], "authorization_details": [], "until": None,
            "context": {"context": key, "name": context[1]} if context else None,
        },
    )
    told = {"client_id": app.client_id, "user": str(demo.pk), "occurred_at": now - timedelta(days=number)}
    AuditEvent.objects.create(kind="consent_given", **told)
    if number == 2:
        AuditEvent.objects.create(kind="authorization_revoked", reason="refresh_token_replay", **told)
"""
