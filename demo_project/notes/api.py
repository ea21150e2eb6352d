"""The notes API: for the person in the browser, and for the apps they let in, which may work in one workspace."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated

from demo_project.notes.models import TEXT_LENGTH, Note, Workspace
from oauth_provider.rest_framework.permissions import HasScopes, ScopesOrSession

# Something that can be seen, and no NUL, which PostgreSQL does not keep. The OpenAPI document says it, too.
VISIBLE = r"^[^\x00]*[^\s\x00-\x1f\x85][^\x00]*$"


class Text(serializers.RegexField):
    """The text of a note, to the letter. A number is none, which DRF would make one of."""

    def to_internal_value(self, data: Any) -> str:
        """Raises ``ValidationError``."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NoteSerializer(serializers.ModelSerializer[Note]):
    """A note as JSON."""

    text = Text(VISIBLE, max_length=TEXT_LENGTH, trim_whitespace=False)

    class Meta:
        model = Note
        fields = ("id", "text", "created_at")


class Notes(generics.GenericAPIView[Note]):
    """What both views share: whose notes they are, and which scope a method needs."""

    serializer_class = NoteSerializer
    # IsAuthenticated beside the scopes: an app that acts for itself has no notes, and is answered 403.
    permission_classes = [ScopesOrSession & IsAuthenticated]

    @property
    def workspace(self) -> str | None:
        """The key of the workspace that the token was granted in; None: the person acts for themselves."""
        return getattr(self.request.auth, "context", None)

    def get_queryset(self) -> QuerySet[Note]:
        """The notes of the workspace, or the caller's own. Another's note is not among them, and so is 404."""
        user = self.request.user.pk
        if self.workspace is None:
            return Note.objects.filter(owner_id=user, workspace=None)
        return Note.objects.filter(workspace_id=self.workspace, workspace__members=user)


@extend_schema_view(
    get=extend_schema(description="The notes, the newest first."), post=extend_schema(description="Adds a note.")
)
class NoteList(Notes, generics.ListCreateAPIView[Note]):
    """GET lists the notes, the newest first; POST ``{"text": …}`` adds one."""

    scopes = {"GET": "notes:read", "POST": "notes:write"}

    def perform_create(self, serializer: serializers.BaseSerializer[Note]) -> None:
        """The new note belongs to the caller, or to the workspace while they belong to it themselves."""
        workspace = None
        if self.workspace is not None:
            workspace = get_object_or_404(Workspace, pk=self.workspace, members=self.request.user.pk)
        serializer.save(owner=self.request.user, workspace=workspace)


@extend_schema(
    parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="As the list tells it.")],
    responses={204: None, 404: OpenApiResponse(description="No note of yours has this number.")},
)
class NoteDetail(Notes, generics.DestroyAPIView[Note]):
    """DELETE removes one note."""

    scopes = {"DELETE": "notes:write"}


@extend_schema(description="The notes of all people, for apps that a member of the staff let in.")
class EveryonesNotes(generics.ListAPIView[Note]):
    """GET lists all notes, the newest first. A session does not open it: staff have the admin."""

    serializer_class = NoteSerializer
    permission_classes = [HasScopes("notes:everyone") & IsAuthenticated]
    queryset = Note.objects.all()
