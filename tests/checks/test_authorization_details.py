"""The checks of ``AUTHORIZATION_DETAILS_TYPES`` (RFC 9396 §2.1): what cannot be used is found before anybody asks."""

from typing import Any

import pytest
from django import forms

from oauth_provider.checks import authorization_details
from oauth_provider.protocol import json_schema
from tests.checks.messages import said
from tests.details import TYPES
from tests.each import each
from tests.settings import OAUTH_PROVIDER

pytestmark = pytest.mark.spec("RFC 9396", "2.1")

FINE = {"name": "Fine", "schema": {"properties": {"a": {"type": "string"}}}}


class Picture(forms.Form):
    """A form that takes what it is given."""

    picture = forms.CharField()

    def __init__(self, *args: Any, user: Any, detail: Any, **options: Any) -> None:
        super().__init__(*args, **options)


class Upload(Picture):
    """A form of no use."""

    file = forms.FileField()


HERE = __name__


def found(settings: Any, types: Any) -> list[str]:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "AUTHORIZATION_DETAILS_TYPES": types}
    checks = (authorization_details.check_types, authorization_details.check_schemas, authorization_details.check_forms)
    return [message for check in checks for message in said(check)]


@each("types", [{}, TYPES, {"fine": FINE}, {"https://example.com/type": FINE}])
def test_types_that_can_be_used_are_passed_over(settings, types):
    assert found(settings, types) == []


@each(
    ("types", "problems"),
    [
        ([], ["E082"]),
        ("payment", ["E082"]),
        ({1: FINE}, ["E082"]),
        ({"": FINE}, ["E082"]),
        ({"a b": FINE}, ["E082"]),
        ({'a"b': FINE}, ["E082"]),
        ({"zählung": FINE}, ["E082"]),
        ({"a": {**FINE, "shema": {}}}, ["E082"]),
        ({"a": None}, ["E082"]),
        ({"a": 1}, ["E082"]),
        ({"a": "tests.details.Missing"}, ["E082"]),
        ({"a": "tests.details.said"}, ["E082"]),
        ({"a": "nowhere"}, ["E082"]),
        ({"a": {**FINE, "narrowable": "actions"}}, ["E082"]),
        ({"a": {**FINE, "narrowable": [1]}}, ["E082"]),
        ({"a": {**FINE, "template": 1}}, ["E082"]),
        ({"a": {**FINE, "template": "nowhere.html"}}, ["E083"]),
        ({"a": {**FINE, "form": f"{HERE}.Picture", "chosen": ["a"]}}, []),
        ({"a": {**FINE, "form": Picture}}, []),
        ({"a": {**FINE, "chosen": "picture"}}, ["E082"]),
        ({"a": {**FINE, "chosen": ["picture"]}}, ["E084"]),
        ({"a": {**FINE, "form": f"{HERE}.Nothing"}}, ["E084"]),
        ({"a": {**FINE, "form": f"{HERE}.HERE"}}, ["E084"]),
        ({"a": {**FINE, "form": "django.forms.Form"}}, ["E084"]),
        ({"a": {**FINE, "form": Upload}}, ["E084"]),
        ({"a": {"schema": {}}}, ["W080"]),
        ({"a": {**FINE, "schema": None}}, ["E081"]),
        ({"a": {**FINE, "schema": {"properties": []}}}, ["E081"]),
        ({"a": {**FINE, "schema": {"type": "thing"}}}, ["E081"]),
        ({"a": {**FINE, "schema": {"$ref": "https://example.com/schema.json"}}}, ["E081"]),
        ({"a": {**FINE, "schema": {"$schema": "http://json-schema.org/draft-07/schema#"}}}, ["E081"]),
        ({"a": FINE, "b": {"name": ""}, "c": "nowhere"}, ["W080", "E082"]),
    ],
)
def test_what_cannot_be_used_is_found(settings, types, problems):
    assert found(settings, types) == problems


def test_a_template_with_a_mistake_in_it_is_found(settings, tmp_path):
    (tmp_path / "broken.html").write_text("{% if %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert found(settings, {"a": {**FINE, "template": "broken.html"}}) == ["E083"]


def test_the_library_is_asked_for_where_it_is_needed(settings, monkeypatch):
    monkeypatch.setattr(json_schema, "find_spec", lambda name: None)
    assert found(settings, {"fine": FINE}) == ["E080"]
    assert found(settings, {}) == []
