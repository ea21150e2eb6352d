"""URLs of the demo, and of the page of the example."""

from django.urls import include, path

from demo_project.urls import urlpatterns as of_demo

urlpatterns = [path("front/consent/", include("docs.examples.front_end.urls")), *of_demo]
