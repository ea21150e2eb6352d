"""A note as an API tells it."""

from rest_framework import serializers

from notes.models import Note


class NoteSerializer(serializers.ModelSerializer):
    """A note without its owner."""

    class Meta:
        model = Note
        fields = ("id", "text")
