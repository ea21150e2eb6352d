"""The view that is called with and without a guard: it says who calls, and does nothing else."""

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Unguarded(APIView):
    """Open to everybody."""

    authentication_classes: Sequence[Any] = []
    permission_classes: Sequence[Any] = []

    def get(self, request: Request) -> Response:
        """Who is calling."""
        return Response({"user": request.user.pk})
