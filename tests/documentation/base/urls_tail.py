# -- What the page Install adds.

from django.urls import include, path

urlpatterns += [path("", include("oauth_provider.urls"))]
