"""What an introspection endpoint answers in these tests, and an API that asks it."""

import json
from datetime import UTC, datetime, timedelta

from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests.web import answer

VERIFIER = "oauth_provider.resource_server.verifiers.IntrospectionVerifier"
EXP = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
ACTIVE = {"active": True, "token_type": "Bearer", "scope": "read write", "client_id": "web", "sub": "7", "exp": EXP}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


def says(server, members, **how):
    server.say = answer(json.dumps(members) if not isinstance(members, str | bytes) else members, **how)


NO_ANSWERS = {
    "an error": answer('{"active": true}', "500 Internal Server Error"),
    "a refusal": answer('{"error": "invalid_client"}', "401 Unauthorized"),
    "a redirect": answer(json.dumps(ACTIVE), "302 Found", Location="https://as.example/"),
    "a page": answer("<html>"),
    "no object": answer("[true]"),
    "no verdict": answer('{"token_type": "Bearer"}'),
    "no Boolean": answer('{"active": "true", "token_type": "Bearer"}'),
    "depth": answer("[" * 60_000),
    "too much": answer(json.dumps(ACTIVE | {"x": "y" * 70_000})),
    "not text": answer(b"\xff\xfe"),
    "nothing": lambda connection, request: None,
}


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("read")]

    def get(self, request):
        return Response(request.auth.sub)
