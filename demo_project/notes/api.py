"""The notes API: a person's own notes, for the person in the browser and for the apps they let in."""

from django.db.models import QuerySet
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated

from demo_project.notes.models import Note
from oauth_provider.rest_framework.permissions import ScopesOrSession


class NoteSerializer(serializers.ModelSerializer[Note]):
    """A note as JSON."""

    class Meta:
        model = Note
        fields = ("id", "text", "created_at")


class Notes(generics.GenericAPIView[Note]):
    """What both views share: whose notes they are, and which scope a method needs."""

    serializer_class = NoteSerializer
    # IsAuthenticated beside the scopes: an app that acts for itself has no notes, and is answered 403.
    permission_classes = [ScopesOrSession & IsAuthenticated]

    def get_queryset(self) -> QuerySet[Note]:
        """The caller's own notes. Another's note is not among them, and so is 404."""
        return Note.objects.filter(owner_id=self.request.user.pk)


class NoteList(Notes, generics.ListCreateAPIView[Note]):
    """GET lists the notes, the newest first; POST ``{"text": …}`` adds one."""

    scopes = {"GET": "notes:read", "POST": "notes:write"}

    def perform_create(self, serializer: serializers.BaseSerializer[Note]) -> None:
        """The new note belongs to the caller."""
        serializer.save(owner=self.request.user)


class NoteDetail(Notes, generics.DestroyAPIView[Note]):
    """DELETE removes one note."""

    scopes = {"DELETE": "notes:write"}
