"""README's second line, and an API."""

from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider import urls as oauth
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes


class Api(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("read")]

    def get(self, request):
        return Response({"user": request.user.get_username()})


urlpatterns = [
    path("accounts/", include(oauth.accounts)),
    path("", include("oauth_provider.urls")),
    path("api", Api.as_view()),
]
