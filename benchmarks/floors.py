"""Floors: the least that a view of Django or DRF costs, with as many prepared statements as a call of ours has."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from benchmarks.views import Unguarded


def ask(statements: int) -> None:
    """Run so many statements that do nothing."""
    for _ in range(statements):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchall()


class Nobody(BaseAuthentication):
    """Ask the database for nothing, and let everybody in."""

    def authenticate(self, request: Request) -> Any:
        """Return nobody, after one statement."""
        ask(1)
        return AnonymousUser(), None


class FloorGuarded(Unguarded):
    """A view of DRF's with an authenticator that does nothing."""

    authentication_classes = [Nobody]


@csrf_exempt
def floor(request: HttpRequest, statements: int) -> JsonResponse:
    """Answer a form after ``statements`` statements."""
    ask(statements)
    return JsonResponse({"grant_type": request.POST["grant_type"]})
