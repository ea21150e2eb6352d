# -- What the page Install adds.

from django.urls import include, path

from oauth_provider import urls as oauth

urlpatterns += [path("accounts/", include(oauth.accounts)), path("", include("oauth_provider.urls"))]
