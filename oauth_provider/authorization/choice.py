"""Choices (RFC 9396 §7.1): what a request leaves open in its details, a person picks in the form of the type."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from oauth_provider.authorization.question import Asked, Decision, Question, allowed_details
from oauth_provider.protocol.authorization_details import Detail, parse_details
from oauth_provider.protocol.errors import InvalidAuthorizationDetails, InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.strict_json import dump, is_storable
from oauth_provider.registry.authorization_details import check_choice, form_of, registered
from oauth_provider.tokens.json_value import as_json
from oauth_provider.tokens.project_code import project_code

# The fields of the form of the first detail are called ``detail-0-…``.
PREFIX = "detail"
FIELD = re.compile(rf"{PREFIX}-(\d{{1,3}})-(.+)", re.ASCII | re.DOTALL)
REFUSED = "oauth_provider_refused"
OURS = "the form of authorization details"
Forms = Mapping[int, BaseForm]


class ChoiceRefused(InvalidRequest):
    """Forms were not filled in as they have to be: nothing was decided. ``forms`` say where, by the place of the
    detail."""

    def __init__(self, reason: Reason, forms: Forms) -> None:
        super().__init__(reason, detail=", ".join(_wrong_fields(forms)))
        self.forms = forms


def forms_of(question: Question, values: Mapping[str, tuple[str, ...]] | None = None) -> Forms:
    """Return the forms of ``question`` by the place of their detail; filled in with ``values`` where there are some."""
    data = None if values is None else MultiValueDict({name: list(listed) for name, listed in values.items()})
    return {place: _form(question, place, data) for place in question.choices}


def choose(question: Question, decision: Decision) -> tuple[Question, Decision]:
    """Return ``question`` about what ``decision`` picks of it, with nothing left open, and a decision about that.

    Raises ``ChoiceRefused`` where a form is not filled in as it has to be, and ``InvalidRequest`` for a choice of what
    is not asked for. Nothing has to be chosen for a no.
    """
    if not decision.is_yes or not (question.choices or decision.values):
        return question, decision
    values = dict(decision.values)
    details = question.asked.details
    # By identity: 1 equals True in Python, and not in JSON.
    allowed = {id(one) for one in allowed_details(question.asked, decision)}
    wanted = [place for place, one in enumerate(details) if id(one) in allowed]
    due = replace(question, choices=tuple(place for place in question.choices if place in wanted))
    forms = forms_of(due, values)
    _check_names(values, forms)
    picked = {place: _picked(due, place, form) for place, form in forms.items()}
    if any(detail is None for detail in picked.values()):
        raise ChoiceRefused(Reason.CHOICE_REFUSED, forms)
    granted = [picked.get(place) or details[place] for place in wanted]
    asked: Asked = replace(due.asked, details=_within_bounds(granted, forms))
    return replace(due, asked=asked, choices=()), replace(decision, details=None)


def _form(question: Question, place: int, data: Any) -> BaseForm:
    detail = question.asked.details[place]
    made: Any = form_of(detail["type"])
    with project_code(OURS):
        form: BaseForm = made(data, prefix=f"{PREFIX}-{place}", user=question.user, detail=dict(detail))
    return form


def _check_names(values: Mapping[str, tuple[str, ...]], forms: Forms) -> None:
    """Check that each value belongs to one of ``forms``, and can be stored. Raises ``InvalidRequest``."""
    for name, listed in values.items():
        found = FIELD.fullmatch(name)
        form = forms.get(int(found[1])) if found else None
        is_asked = found is not None and form is not None and any(_is_of(found[2], field) for field in form.fields)
        if not is_asked or not is_storable([name, *listed]):
            raise InvalidRequest(Reason.CHOICE_NOT_OFFERED)


def _is_of(name: str, field: str) -> bool:
    """Is it that field, or a part of it, as a widget of several inputs has them?"""
    return name == field or name.startswith((f"{field}_", f"{field}-"))


def _picked(question: Question, place: int, form: BaseForm) -> Detail | None:
    """The detail as it was chosen in ``form``, which says why where that is None."""
    asked = question.asked.details[place]
    known = registered(asked["type"])
    with project_code(OURS):
        if not form.is_valid():
            return None
        chosen = {name: _plain(one) for name, one in form.cleaned_data.items() if one not in (None, "")}
        picked = known.choose(dict(asked), chosen)
        plain: dict[str, Any] = as_json({**picked, "type": known.type}, what=f"what was chosen for {known.type!r}")
        try:
            check_choice(asked, plain, question.client)
        except ValueError as error:
            _refuse(form, str(error))
            return None
    return plain


def _within_bounds(details: list[Detail], forms: Forms) -> tuple[Detail, ...]:
    """``details`` by the rules of a request (RFC 9396 §2): their size, their number, and what can be shown."""
    try:
        return parse_details(dump(details).decode())
    except InvalidAuthorizationDetails as error:
        for form in forms.values():
            _refuse(form, error.description)
        raise ChoiceRefused(Reason.CHOICE_REFUSED, forms) from error


def _refuse(form: BaseForm, why: str) -> None:
    """Tell the person to choose something else, and keep ``why`` for the log."""
    words = _("This cannot be allowed. Choose something else.")
    form.add_error(None, ValidationError(words, code=REFUSED, params={"why": why}))


def _plain(value: Any) -> Any:
    """A choice of rows is one of their keys."""
    if isinstance(value, Model):
        return value.pk
    return [one.pk for one in value] if isinstance(value, QuerySet) else value


def _wrong_fields(forms: Forms) -> Iterator[str]:
    for form in forms.values():
        for name, errors in form.errors.as_data().items():
            why = errors[0].params["why"] if errors[0].code == REFUSED and errors[0].params else name
            yield f"{form.prefix}: {why}"
