"""The notes API: a person's own notes, for the person in the browser and for the apps they let in."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from demo_project.notes.models import Note
from oauth_provider.rest_framework.permissions import HasScopes


class SignedInHere(BasePermission):
    """The person's own browser: signed in to this site, with no app in between."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Is there a user, and no token?"""
        return request.auth is None and request.user.is_authenticated


# IsAuthenticated beside the scope: an app that acts for itself has no notes, and is answered 403.
MAY_READ = SignedInHere | IsAuthenticated & HasScopes("notes:read")
MAY_WRITE = SignedInHere | IsAuthenticated & HasScopes("notes:write")


class NoteSerializer(serializers.ModelSerializer[Note]):
    """A note as JSON."""

    class Meta:
        model = Note
        fields = ("id", "text", "created_at")


class Notes(generics.GenericAPIView[Note]):
    """What both views share: whose notes they are, and which scope a method needs."""

    serializer_class = NoteSerializer

    def get_queryset(self) -> QuerySet[Note]:
        """The caller's own notes. Another's note is not among them, and so is 404."""
        return Note.objects.filter(owner_id=self.request.user.pk)

    def get_permissions(self) -> list[Any]:
        """Reading and writing are two scopes."""
        return [MAY_READ() if self.request.method in SAFE_METHODS else MAY_WRITE()]


class NoteList(Notes, generics.ListCreateAPIView[Note]):
    """GET lists the notes, the newest first; POST ``{"text": …}`` adds one."""

    def perform_create(self, serializer: serializers.BaseSerializer[Note]) -> None:
        """The new note belongs to the caller."""
        serializer.save(owner=self.request.user)


class NoteDetail(Notes, generics.DestroyAPIView[Note]):
    """DELETE removes one note."""
