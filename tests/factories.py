"""Rows for tests, built by factory-boy: users, and clients of every kind."""

from typing import Any

import factory
from django.contrib.auth import get_user_model

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, ClientSecret

CALLBACK = "https://app.example.com/callback"


class UserFactory(factory.django.DjangoModelFactory):
    """A user with the password ``correct horse``."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number}")
    password = factory.django.Password("correct horse")


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A confidential web client with the code grant; ``secret`` on the row is its one secret.

    ``public=True`` makes a public one. ``policy`` is a dictionary for its ClientPolicy (None: no row).
    """

    class Meta:
        model = application_model()
        skip_postgeneration_save = True

    class Params:
        public = factory.Trait(client_type="public")
        service = factory.Trait(authorization_grant_type="client-credentials", redirect_uris="")

    name = factory.Sequence(lambda number: f"Client {number}")
    client_id = factory.Sequence(lambda number: f"client-{number}")
    client_type = "confidential"
    authorization_grant_type = "authorization-code"
    redirect_uris = CALLBACK
    client_secret = ""
    hash_client_secret = False

    @factory.post_generation
    def secret(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Every confidential client gets a secret of ours."""
        self.secret = ""
        if create and self.client_type == "confidential":
            _row, self.secret = ClientSecret.objects.create_secret(self)

    @factory.post_generation
    def policy(self: Any, create: bool, extracted: dict[str, Any] | None, **kwargs: Any) -> None:
        """A policy row with the given fields on top of the default."""
        if create and extracted is not None:
            policy = ClientPolicy.default_for(self)
            for name, value in extracted.items():
                setattr(policy, name, value)
            policy.save()
