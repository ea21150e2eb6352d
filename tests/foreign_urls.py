"""The URLs of the tests, and an API for a foreign client to call."""

from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests.urls import urlpatterns as project


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request):
        return Response({"user": request.user.get_username()})


urlpatterns = [*project, path("api/notes", Notes.as_view())]
