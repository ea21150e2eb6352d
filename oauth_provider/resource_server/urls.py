"""URLs of the resource server: its metadata, which RFC 9728 §3 wants at the root of its host."""

from django.urls import re_path

from oauth_provider.resource_server.metadata import view

app_name = "oauth_resource_server"

urlpatterns = [re_path(r"^\.well-known/oauth-protected-resource(?P<path>/.*)?$", view, name="metadata")]
