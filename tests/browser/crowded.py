"""The demo where everything is too much, or not to be trusted: forty permissions, 120 characters of name, strangers."""

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
OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SCOPES": {**OAUTH_PROVIDER["SCOPES"], **MANY}}
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
"""
