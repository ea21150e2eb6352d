"""Mails of notices (RFC 3834 §5): from a row of the outbox to a text and an HTML part, in the person's language.

No mail holds a link that does anything: it names a page, where the person signs in and decides.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import router
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_supported_language_variant, override

from oauth_provider.conf import provider_settings
from oauth_provider.conf.people import ACCESS_UNUSED, SIGN_IN_REPLAYED
from oauth_provider.models import Consent, LogoutDelivery
from oauth_provider.notices.notice import KINDS, is_told
from oauth_provider.notices.safe_name import safe_name
from oauth_provider.registry.scope import words_of
from oauth_provider.tokens.outbox import Sender
from oauth_provider.tokens.person import email_of, username_of
from oauth_provider.tokens.project_code import project_code

# Of what an operator tells the developers of a client.
MAX_NOTE = 500


class NotSent(Exception):
    """The mail server did not take it. Holds no address: this goes to the log."""


def senders() -> dict[str, Sender]:
    """Return what sends each kind of notice that is in the outbox."""
    return dict.fromkeys(KINDS, send)


def send(delivery: LogoutDelivery) -> None:
    """Send the mail, if it is still true and the person has an address. Raises ``NotSent``."""
    notice = KINDS[delivery.kind]
    user = get_user_model()._base_manager.filter(pk=delivery.subject).first()
    if user is None or not is_told(notice, user):
        return
    facts: Mapping[str, Any] = delivery.payload or {}
    if notice == SIGN_IN_REPLAYED and _is_told_today(delivery):
        return
    if notice == ACCESS_UNUSED:
        consent = Consent.objects.filter(pk=facts["consent"]).first()
        facts = {"ends_at": consent.ends_unused_at.isoformat()} if consent and consent.ends_unused_at else {}
        if not facts:  # kept, used or taken back meanwhile
            return
    with override(language_of(user)):
        mail = _compose(notice, _context(delivery, facts, user), email_of(user))
    try:
        mail.send()
    except Exception as error:  # a backend raises what it likes, with the address in it
        raise NotSent(f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()) from None


def language_of(user: Any) -> str:
    """Return the language that the project says, if Django has it, else that of the project."""
    with project_code("what knows the language of a user"):
        said = provider_settings.USER_LANGUAGE(user) if provider_settings.USER_LANGUAGE is not None else ""
    try:
        return get_supported_language_variant(said) if said else settings.LANGUAGE_CODE
    except (LookupError, ValueError):
        return settings.LANGUAGE_CODE


def _is_told_today(delivery: LogoutDelivery) -> bool:
    """Is there an earlier notice, or a sent one, about the same client on that day (in UTC)?"""
    began = delivery.created_at
    began = began.astimezone(UTC) if timezone.is_aware(began) else began
    same = LogoutDelivery.objects.using(router.db_for_write(LogoutDelivery)).filter(
        kind=delivery.kind,
        subject=delivery.subject,
        application=delivery.application,
        created_at__gte=began.replace(hour=0, minute=0, second=0, microsecond=0),
        created_at__lte=began.replace(hour=23, minute=59, second=59, microsecond=999_999),
    )
    status = LogoutDelivery.Status
    return same.filter(Q(pk__lt=delivery.pk, status=status.PENDING) | Q(status=status.DELIVERED)).exists()


def _compose(notice: str, context: Mapping[str, Any], address: str) -> EmailMultiAlternatives:
    """Return the mail. Of its three templates the subject is one line, whatever the client calls itself."""
    endings = ("_subject.txt", ".txt", ".html")
    subject, text, html = (render_to_string(f"oauth_provider/mail/{notice}{one}", context) for one in endings)
    headers = {"Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(" ".join(subject.split()), f"{text.strip()}\n", to=[address], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _context(delivery: LogoutDelivery, facts: Mapping[str, Any], user: Any) -> dict[str, Any]:
    return {
        "account": safe_name(username_of(user)),
        "client_name": safe_name(str(delivery.application)),
        "permissions": [safe_name(words) for words in words_of(facts.get("scopes", ())).values()],
        "context": safe_name(facts.get("context", "")),
        "device": safe_name(facts.get("device", "")),
        "address": facts.get("address", ""),
        "at": _moment(facts.get("at")),
        "ends_at": _moment(facts.get("ends_at")),
        "apps_url": apps_url(delivery.issuer),
        "before": facts.get("before", ""),
        "status": facts.get("status", ""),
        "note": safe_name(facts.get("note", ""), max_length=MAX_NOTE),
    }


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    return timezone.localtime(moment) if moment is not None and timezone.is_aware(moment) else moment


def apps_url(issuer: str) -> str:
    """Return the URL of the page *Connected apps* at ``issuer``'s host; empty where nobody knows it."""
    parts = urlsplit(issuer)
    try:
        path = reverse("oauth_provider:connected_apps")
    except NoReverseMatch:  # a project may mount endpoints alone
        return ""
    return f"{parts.scheme}://{parts.netloc}{path}" if parts.scheme and parts.netloc else ""
