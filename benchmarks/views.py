"""The view that is called with and without a guard: it says who calls, and does nothing else."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Unguarded(APIView):
    """As it is before anybody guards it: with the authentication and permission that are DRF's defaults."""

    def get(self, request: Request) -> Response:
        """Who is calling."""
        return Response({"user": request.user.pk})
