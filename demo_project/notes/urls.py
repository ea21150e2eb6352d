"""Where the notes are: ``/api/notes/``, ``/api/notes/<id>/``, and those of everybody at ``/api/notes/everyone/``."""

from django.urls import path

from demo_project.notes.api import EveryonesNotes, NoteDetail, NoteList

urlpatterns = [
    path("", NoteList.as_view(), name="notes"),
    path("<int:pk>/", NoteDetail.as_view(), name="note"),
    path("everyone/", EveryonesNotes.as_view(), name="everyones_notes"),
]
