"""The keys of the provider on loopback: a ``JWTVerifier`` fetches them, once for the run."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.conf import settings

from benchmarks.server import Server, get


def publish(server: Server) -> None:
    """Serve what ``/oauth/jwks`` says, and have the API look there."""
    body = server.call(get("/oauth/jwks")).body

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The whole document."""
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nobody reads it."""

    listener = HTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    ours: Any = settings  # which settings there are depends on the worker
    ours.OAUTH_RESOURCE_SERVER["JWT"]["JWKS_URIS"][ours.OAUTH_PROVIDER["ISSUER"]] = (
        f"http://127.0.0.1:{listener.server_port}/jwks"
    )
