"""The gallery: whose photo is which, for those who let an app print one."""

from django.apps import AppConfig


class GalleryConfig(AppConfig):
    """Photos of people, as the provider knows them; the service that shows them is elsewhere."""

    name = "demo_project.gallery"
