"""The consent page in JSON (RFC 6749 §3.1): for a project whose own front end asks, named in ``CONSENT_URL``."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm, BoundField
from django.forms.widgets import ChoiceWidget
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone

from oauth_provider.authorization.asker import Asker, asker_of
from oauth_provider.authorization.choice import Forms, forms_of
from oauth_provider.authorization.detail_words import labelled
from oauth_provider.authorization.inquiry import Inquiry
from oauth_provider.authorization.recollection import recollect
from oauth_provider.authorization.response import AuthorizationResponse
from oauth_provider.authorization.warning import Warning, warning_of
from oauth_provider.pages.consent_choices import WARNINGS, Choice, choices_of, readings_of, said_of_client
from oauth_provider.pages.sending import json_twin
from oauth_provider.registry.authorization_details import registered
from oauth_provider.registry.scope import permissions_of
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.json_value import as_json
from oauth_provider.tokens.person import username_of


def show_question(request: HttpRequest, inquiry: Inquiry, *, switch: str) -> HttpResponse:
    """Answer the question, with what a form has to send back. ``switch`` leads on to another account."""
    question = inquiry.question
    forms = forms_of(question)
    recollection = recollect(question, timezone.now())
    warning, readings = warning_of(inquiry, is_first=recollection.is_first), readings_of(question)
    return json_twin.answer(
        {
            "account": username_of(session_user(request)),
            "client": {
                "client_id": question.client.client_id,
                **_asker(asker_of(question.client, inquiry.destination.redirect_uri)),
            },
            "is_first_time": recollection.is_first,
            "destination": question.destination,
            "before": said_of_client(question, recollection),
            "warning": _warning(warning) if warning is not None else None,
            "permissions": [_permission(one) for one in choices_of(question, recollection)],
            "read_only": {"words": readings, "is_chosen": recollection.reads_only} if readings else None,
            "withheld": [
                {"scope": one.scope, "words": one.words, "refusal": one.refusal}
                for one in permissions_of(question.withheld, withheld=question.withheld)
                if one.refusal
            ],
            "resources": [
                {"resource": one.identifier, "name": str(one.name)} for one in question.asked.audience.resources
            ],
            "authorization_details": [
                _detail(dict(one), forms.get(place)) for place, one in enumerate(question.asked.details)
            ],
            "contexts": [
                {"context": one.key, "name": str(one.name)}
                for one in question.contexts
                if question.context in (None, one.key)
            ],
            "until": [one.isoformat() for one in question.endings],
            "switch": switch,
            "csrf_token": get_token(request),
        }
    )


def show_answer(request: HttpRequest, response: AuthorizationResponse) -> HttpResponse:
    """Answer where the browser goes on: by a GET of ``redirect_to``, or by a POST of the ``form`` to it."""
    issuer = issuer_of(request)
    if response.is_form_post:
        form = dict(response.sent_parameters(issuer))
        return json_twin.answer({"redirect_to": response.redirect_uri, "form": form})
    return json_twin.answer({"redirect_to": response.url(issuer)})


def problems_of(forms: Forms) -> dict[str, list[str]]:
    """Return what is wrong in each field, by the name that is sent; "" are whole forms."""
    found: dict[str, list[str]] = {}
    for form in forms.values():
        for name, problems in form.errors.items():
            said = found.setdefault("" if name == NON_FIELD_ERRORS else form.add_prefix(name), [])
            said += [str(one) for one in problems]
    return found


def _asker(asker: Asker) -> dict[str, Any]:
    pages = {"client_uri": asker.home, "policy_uri": asker.policy, "tos_uri": asker.terms}
    return {
        "name": asker.name,
        "host": asker.host,
        "standing": asker.standing.value,
        "publisher": asker.publisher,
        "logo": reverse("oauth_provider:logo", args=[asker.logo]) if asker.logo else None,
        **{name: page.url if page is not None else None for name, page in pages.items()},
        "since": asker.since.isoformat() if asker.since is not None else None,
        "registered_itself": asker.registered_itself,
    }


def _permission(choice: Choice) -> dict[str, Any]:
    permission = choice.permission
    return {
        "scope": permission.scope,
        "words": permission.words,
        "description": permission.description,
        "warning": permission.warning,
        "api": permission.api,
        "group": permission.group,
        "icon": permission.icon,
        "is_required": choice.is_required,
        "is_ticked": choice.is_ticked,
        "state": choice.state.value,
        "is_marked": choice.is_marked,
        "before": choice.before,
    }


def _warning(warning: Warning) -> dict[str, Any]:
    return {"words": str(WARNINGS[warning]), "is_strong": warning.is_strong}


def _detail(detail: dict[str, Any], form: BaseForm | None) -> dict[str, Any]:
    known = registered(detail["type"])
    fields = {"fields": [_field(one) for one in form]} if form is not None else {}
    return {"name": str(known.name) or known.type, "detail": detail, "members": labelled(detail), **fields}


def _field(bound: BoundField) -> dict[str, Any]:
    """Describe a field, with ``choices`` where it is one of some."""
    members: dict[str, Any] = {
        "name": bound.html_name,
        "label": str(bound.label),
        "help_text": str(bound.help_text),
        "type": getattr(bound.field.widget, "input_type", "text"),
        "required": bound.field.required,
        "initial": as_json(prepared(bound), what=f"the initial value of {bound.name!r}"),
    }
    if isinstance(bound.field.widget, ChoiceWidget):
        options = (one for _group, group, _place in bound.field.widget.optgroups(bound.html_name, []) for one in group)
        members["choices"] = [{"value": str(one["value"]), "label": str(one["label"])} for one in options]
        members["multiple"] = bound.field.widget.allow_multiple_selected
    return members


def prepared(bound: BoundField) -> Any:
    """The initial value as the field shows it: rows by their keys."""
    return bound.field.prepare_value(bound.value())
