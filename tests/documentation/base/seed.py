"""A person, two notes, and a client that may do all that the examples show. Run once, in the project that is copied."""

import json
import sys

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from notes.models import Note, Photo  # noqa: E402

from oauth_provider.models import ClientPolicy  # noqa: E402
from oauth_provider.testing import create_client  # noqa: E402

ana = get_user_model().objects.create_superuser("ana", "ana@example.com", "ana-notes-2026")
Note.objects.create(owner=ana, text="Buy bread")
Photo.objects.create(name="snow")
client = create_client("web", name="Photo Book", redirect_uris="https://app.example.com/callback")
policy, _ = ClientPolicy.objects.get_or_create(application=client.application)
policy.grant_types = ["authorization_code", "refresh_token", "client_credentials"]
policy.may_introspect = True
policy.save()
json.dump({"CLIENT_ID": client.client_id, "CLIENT_SECRET": client.client_secret}, sys.stdout)
