"""Fixtures of a project that tests its API with pytest-django."""

import pytest
from django.contrib.auth import get_user_model
from notes.models import Note


@pytest.fixture
def user(db):
    """Ana, who keeps notes."""
    return get_user_model().objects.create_user("ana", "ana@example.com", "ana-notes-2026")


@pytest.fixture
def note(user):
    """A note of Ana's."""
    return Note.objects.create(owner=user, text="Buy bread")
