"""An API on a machine of its own that remembers what introspection says: serves until its standard input ends.

Run by ``test_revocation_reach.py`` in a process of its own. What differs comes as one JSON object in ``sys.argv``.
"""

import json
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

options = json.loads(sys.argv[1])

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={},
    INSTALLED_APPS=["oauth_provider.resource_server"],
    OAUTH_RESOURCE_SERVER={
        "VERIFIER": "oauth_provider.resource_server.verifiers.IntrospectionVerifier",
        "AUTHORIZATION_SERVERS": [options["issuer"]],
        "INTROSPECTION": {
            "URL": options["introspection"],
            "CLIENT_ID": options["client_id"],
            "CLIENT_SECRET": options["client_secret"],
            "REVOCATION_DELAY": 300,
            "TIMEOUT": 10,
        },
        "DENYLIST": {"URL": options["redis"]},
    },
    ROOT_URLCONF="__main__",
    USE_TZ=True,
)
django.setup()

from oauth_provider.resource_server.views import requires_scopes  # noqa: E402


@requires_scopes("notes:read")
def notes(request):
    return JsonResponse({"sub": request.auth.sub})


urlpatterns = [path("notes", notes)]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Nothing."""


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)  # noqa: T201
    sys.stdin.read()
    server.shutdown()
    server.server_close()
