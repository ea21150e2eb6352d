"""Where the playground is: the front page, and the client's own addresses below ``/demo/``."""

from django.urls import path

from demo_project.playground import views

urlpatterns = [
    path("", views.playground, name="playground"),
    path("demo/begin", views.begin, name="playground-begin"),
    path("demo/callback", views.callback, name="playground-callback"),
    path("demo/act/<slug:name>", views.act, name="playground-act"),
    path("demo/anew", views.anew, name="playground-anew"),
    path("demo/forget-consent", views.forget, name="playground-forget"),
]
