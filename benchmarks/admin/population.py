"""A provider that has been in use for years: 20,000 clients, as many people, 200,000 sign-ins.

Rows are copies of one that the models made, by one statement for each table; what differs is an expression of ``n``.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import AuditEvent, Authorization, ClientPolicy, Consent, LogoutDelivery, TokenBinding
from oauth_provider.protocol.digest import digest

CALLBACK = "https://app.example.com/callback"
SCOPE = "notes:read notes:write"
# Half of the sign-ins are at a few clients that everybody uses, as everywhere.
POPULAR = 10
GIVEN_NAMES = "ARRAY['ana', 'ben', 'chloé', 'dimitri', 'emeka', 'fatima', 'grace', 'hiro', 'ines', 'joão']"
KINDS = "ARRAY['Photo Book', 'Calendar', 'Tax Helper', 'Notes', 'Travel Desk', 'Invoices', 'Music Box', 'Reader']"
EVERY_13_SECONDS = "now() - ({count} - n) * interval '13 seconds'"


@dataclass(frozen=True, slots=True)
class Size:
    """So many rows. There are as many people as clients."""

    clients: int
    sign_ins: int


def populate(size: Size) -> None:
    """Fill an empty database."""
    user, client = _people(size), _clients(size)
    whose = _whose(user, client, size)
    now = timezone.now()
    sign_in = Authorization.objects.create(
        user=user, application=client, scope=SCOPE, grant_type="authorization_code", redeemed_at=now,
        redirect_uri=CALLBACK, expires_at=now + timedelta(days=30), family_digest=digest("0"),
    )  # fmt: skip
    when = EVERY_13_SECONDS.format(count=size.sign_ins)
    multiply(
        sign_in, size.sign_ins, **whose, public_id="gen_random_uuid()", family_digest="md5(n::text) || md5('f' || n)",
        created_at=when, revoked_at=f"CASE WHEN n % 50 = 0 THEN {when} END",
        revoked_reason="CASE WHEN n % 50 = 0 THEN 'logout' ELSE '' END",
    )  # fmt: skip
    token = access_token_model()(user=user, application=client, token="", scope=SCOPE, expires=now + timedelta(hours=1))
    token.token_checksum = digest("0")
    token.save()
    multiply(token, size.sign_ins, **whose, token_checksum="md5(n::text) || md5('t' || n)", created=when)
    binding = TokenBinding.objects.create(access_token=token, authorization=sign_in)
    multiply(binding, size.sign_ins, access_token_id=f"{token.pk} + n", authorization_id=f"{sign_in.pk} + n")
    entries = {"client": "", "scopes": {"notes:read": {"": ""}, "notes:write": {"": ""}}, "details": {}}
    consent = Consent.objects.create(user=user, application=client, entries=entries)
    multiply(consent, size.sign_ins, **whose, created_at=when)
    _what_happened(user, client, size, when)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def multiply(template: Model, count: int, **columns: str) -> None:
    """Add copies of ``template``, numbered by ``n`` from 1; ``columns`` are SQL for what they have of their own."""
    meta: Any = template._meta
    quote = connection.ops.quote_name
    kept = [
        f.column for f in meta.concrete_fields if not f.generated and not (f.primary_key and f.column not in columns)
    ]
    own = {name: f"({expression.replace('%', '%%')})" for name, expression in columns.items()}
    values = [own.get(name, f"template.{quote(name)}") for name in kept]
    table = quote(meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(quote, kept))}) SELECT {', '.join(values)} "  # noqa: S608 - our own
            f"FROM {table} AS template, generate_series(1, %s) AS n WHERE template.{quote(meta.pk.column)} = %s "
            "ORDER BY n ON CONFLICT DO NOTHING",
            [count, template.pk],
        )


def _people(size: Size) -> Any:
    user = get_user_model()._default_manager.create(username="somebody", email="somebody@example.com")
    name = f"({GIVEN_NAMES})[1 + n % 10] || '.' || n"
    multiply(user, size.clients, username=name, email=f"{name} || '@example.com'")
    return user


def _clients(size: Size) -> Any:
    model = application_model()
    client = model(
        name="The first", redirect_uris=CALLBACK, client_type="confidential", client_secret="",
        authorization_grant_type="authorization-code", hash_client_secret=False,
    )  # fmt: skip
    client.save()
    multiply(client, size.clients, name=f"({KINDS})[1 + n % 8] || ' ' || n", client_id="md5('c' || n) || md5('d' || n)")
    policy = ClientPolicy.default_for(client)
    policy.save()
    multiply(policy, size.clients, application_id=f"{client.pk} + n")
    return client


def _whose(user: Any, client: Any, size: Size) -> dict[str, str]:
    """Every person once at each of a few clients that all use, and as often somewhere else."""
    turn = f"n / {size.clients}"
    other = f"(n * 7 + {turn} * 1009) % {size.clients}"
    return {
        "user_id": f"{user.pk} + 1 + n % {size.clients}",
        "application_id": f"{client.pk} + 1 + CASE WHEN {turn} < {POPULAR // 2} THEN {turn} ELSE {other} END",
    }


def _what_happened(user: Any, client: Any, size: Size, when: str) -> None:
    happened = AuditEvent.objects.create(kind="consent_given", client_id=client.client_id, user=str(user.pk))
    number = f"n % {size.clients}"
    multiply(
        happened, size.sign_ins, occurred_at=when, authorization="gen_random_uuid()",
        user=f"({user.pk} + 1 + {number})::text", client_id=f"md5('c' || {number}) || md5('d' || {number})",
    )  # fmt: skip
    told = LogoutDelivery.objects.create(application=client, status="dead", attempts=7, last_error="Refused: 503")
    multiply(told, size.sign_ins // 10, application_id=f"{client.pk} + 1 + {number}", created_at=when)
