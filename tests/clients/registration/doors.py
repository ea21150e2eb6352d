"""Clients and who registers them, and how the policy of a door is asked (RFC 7591 §5)."""

from dataclasses import replace
from typing import Any

import pytest

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, MetadataRefused
from oauth_provider.clients.registration.register import change, register
from oauth_provider.models.client import Client
from tests import ledger
from tests.factories import CALLBACK, UserFactory

WEB = Metadata.of_kind(KINDS["web"], client_name="Photo Book", redirect_uris=(CALLBACK,), scope=("notes:read",))
SERVICE = Metadata.of_kind(KINDS["service"], client_name="Sync", scope=("notes:read",))


def by(user: Any = None, door: Door = Door.PORTAL) -> By:
    return By(door, UserFactory() if user is None else user, "192.0.2.1")


def faults_of(metadata: Metadata, who: By, kind: str = "web") -> set[str]:
    with ledger.unchanged(), pytest.raises(MetadataRefused) as refused:
        register(metadata, who, kind=KINDS[kind])
    return {fault.member for fault in refused.value.faults}


def changed(client: Client, who: By, **members: Any) -> Client:
    return change(client, replace(Metadata.of(client), **members), who)
