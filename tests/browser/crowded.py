"""The demo where everything is too much: forty permissions, and a name of 120 characters."""

from demo_project.settings import *  # noqa: F403
from demo_project.settings import OAUTH_PROVIDER

MANY = {f"area{number}:read": f"Read everything in area {number} of your account" for number in range(1, 39)}
OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SCOPES": {**OAUTH_PROVIDER["SCOPES"], **MANY}}
CROWD = """
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy
name = "The Extraordinarily Long-Winded Company of Albums, Scrapbooks, Keepsakes and "
name += "All Other Things One Looks at Once, Limited"
application_model().objects.filter(client_id="demo-web").update(name=name[:120])
ClientPolicy.objects.filter(application__client_id="demo-web").update(scopes=None)
"""
