"""The admin of the gallery: delete a photo, and see what becomes of the app that was to print it."""

from django.contrib import admin

from demo_project.gallery.models import Photo


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's own takes none at run time
    """Photos, with whose they are."""

    list_display = ("title", "name", "owner")
    list_select_related = ("owner",)
