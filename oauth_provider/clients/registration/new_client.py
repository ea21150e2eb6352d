"""A new client with its first secret (RFC 7591 §3.2.1), for whoever can show that secret once."""

from django.db import router, transaction
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.registration.kinds import Kind
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.proposal import By
from oauth_provider.clients.registration.register import register
from oauth_provider.dot.names import application_model
from oauth_provider.models.client import Client
from oauth_provider.models.client_secret import ClientSecret


@sensitive_variables("secret")
def register_with_secret(
    metadata: Metadata, by: By, *, kind: Kind, label: str = "", client_id: str = ""
) -> tuple[Client, str]:
    """Register a client of ``kind``; return it with its secret, which is empty where it is public.

    Raises ``MetadataRefused``. Nothing is left of a client whose secret could not be made.
    """
    with transaction.atomic(using=router.db_for_write(application_model())):
        client = register(metadata, by, kind=kind, client_id=client_id)
        if client.is_public:
            return client, ""
        _row, secret = ClientSecret.objects.create_secret(client.application, label=label, by=by.actor)
        return client, secret
