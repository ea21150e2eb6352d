"""Where the notes are: ``/api/notes/`` and ``/api/notes/<id>/``."""

from django.urls import path

from demo_project.notes.api import NoteDetail, NoteList

urlpatterns = [
    path("", NoteList.as_view(), name="notes"),
    path("<int:pk>/", NoteDetail.as_view(), name="note"),
]
