"""The URLs of the photos service: its API, and at the root the metadata that RFC 9728 §3 wants there."""

from django.urls import include, path

from demo_project.photos.api import AgreedPrint, PhotoList, PrintOrder, about, album

urlpatterns = [
    path("", about),
    path("", include("oauth_provider.resource_server.urls")),
    path("photos/", PhotoList.as_view()),
    path("photos/album", album),
    path("photos/<slug:name>/print", PrintOrder.as_view()),
    path("photos/<slug:name>/order", AgreedPrint.as_view()),
]
