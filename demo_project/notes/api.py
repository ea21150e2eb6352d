"""The notes API: a person's own notes, for the person in the browser and for the apps they let in."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated

from demo_project.notes.models import TEXT_LENGTH, Note
from oauth_provider.rest_framework.permissions import ScopesOrSession

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

    def get_queryset(self) -> QuerySet[Note]:
        """The caller's own notes. Another's note is not among them, and so is 404."""
        return Note.objects.filter(owner_id=self.request.user.pk)


@extend_schema_view(
    get=extend_schema(description="The notes, the newest first."), post=extend_schema(description="Adds a note.")
)
class NoteList(Notes, generics.ListCreateAPIView[Note]):
    """GET lists the notes, the newest first; POST ``{"text": …}`` adds one."""

    scopes = {"GET": "notes:read", "POST": "notes:write"}

    def perform_create(self, serializer: serializers.BaseSerializer[Note]) -> None:
        """The new note belongs to the caller."""
        serializer.save(owner=self.request.user)


@extend_schema(
    parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="As the list tells it.")],
    responses={204: None, 404: OpenApiResponse(description="No note of yours has this number.")},
)
class NoteDetail(Notes, generics.DestroyAPIView[Note]):
    """DELETE removes one note."""

    scopes = {"DELETE": "notes:write"}
