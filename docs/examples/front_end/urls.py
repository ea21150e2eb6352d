"""The page of the example: one template, which any front end may be."""

from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [
    path("", login_required(TemplateView.as_view(template_name="front_end/consent.html")), name="own_consent"),
]
