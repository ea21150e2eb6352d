"""The developer portal (RFC 7591 §3, RFC 7592 §2): making, changing and deleting apps, and who may do so."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.dot.names import application_model
from oauth_provider.events import refusal_ring
from oauth_provider.models import AuditEvent, ClientMember, ClientPolicy, ClientSecret, Consent
