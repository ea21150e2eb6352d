"""Keys and OpenID Connect in the form of a client (RFC 7591 §2, OpenID Connect Registration §2)."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext as _

from oauth_provider.dot.names import Row
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.client_jwks import MAX_LENGTH
from oauth_provider.protocol.strict_json import parse_object

# The columns of the policy that this part of the form has, under their own names.
METADATA = (
    "access_token_format",
    "id_token_signed_response_alg",
    "scope_claims_in_id_token",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "authorization_signed_response_alg",
    "subject_type",
    "sector_identifier_uri",
    "jwks",
    "jwks_uri",
    "token_endpoint_auth_signing_alg",
    "request_object_signing_alg",
    "require_signed_request_object",
    "require_pushed_authorization_requests",
    "default_max_age",
    "require_auth_time",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
)


class Jwks(forms.JSONField):
    """Form field for a JWK Set, parsed as strictly as those that clients send."""

    widget = AdminTextareaWidget(attrs={"rows": 6, "spellcheck": "false", "dir": "ltr"})

    def to_python(self, value: Any) -> Any:
        """Return the JSON object. Raise ``ValidationError`` where it is too long, too deep or ambiguous."""
        if isinstance(value, str) and value.strip():
            self._check(value)
        return super().to_python(value) or None

    def prepare_value(self, value: Any) -> Any:
        """Return "" for no keys."""
        return "" if value is None else super().prepare_value(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the text that was sent, even if it cannot be parsed."""
        try:
            self._check(data or "{}")
        except ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)

    def _check(self, text: str) -> None:
        try:
            if len(text) > 2 * MAX_LENGTH:
                raise ValueError
            parse_object(text)
        except ValueError:
            raise ValidationError(_("This must be a JWK Set: a JSON object with the member “keys”.")) from None


def _of_policy(name: str) -> forms.Field:
    column: Any = ClientPolicy._meta.get_field(name)
    if name == "jwks":
        return Jwks(label=column.verbose_name, help_text=column.help_text, required=False)
    options = {"widget": AdminTextInputWidget(attrs={"dir": "ltr"})} if name.endswith("_uri") else {}
    field: forms.Field = column.formfield(**options)
    return field


class MetadataForm(forms.Form):
    """Form fields for the columns in ``METADATA``."""

    access_token_format = _of_policy("access_token_format")
    id_token_signed_response_alg = _of_policy("id_token_signed_response_alg")
    scope_claims_in_id_token = _of_policy("scope_claims_in_id_token")
    id_token_encrypted_response_alg = _of_policy("id_token_encrypted_response_alg")
    id_token_encrypted_response_enc = _of_policy("id_token_encrypted_response_enc")
    userinfo_signed_response_alg = _of_policy("userinfo_signed_response_alg")
    authorization_signed_response_alg = _of_policy("authorization_signed_response_alg")
    subject_type = _of_policy("subject_type")
    sector_identifier_uri = _of_policy("sector_identifier_uri")
    jwks = _of_policy("jwks")
    jwks_uri = _of_policy("jwks_uri")
    token_endpoint_auth_signing_alg = _of_policy("token_endpoint_auth_signing_alg")
    request_object_signing_alg = _of_policy("request_object_signing_alg")
    require_signed_request_object = _of_policy("require_signed_request_object")
    require_pushed_authorization_requests = _of_policy("require_pushed_authorization_requests")
    default_max_age = _of_policy("default_max_age")
    require_auth_time = _of_policy("require_auth_time")
    backchannel_logout_uri = _of_policy("backchannel_logout_uri")
    backchannel_logout_session_required = _of_policy("backchannel_logout_session_required")
    frontchannel_logout_uri = _of_policy("frontchannel_logout_uri")
    frontchannel_logout_session_required = _of_policy("frontchannel_logout_session_required")


def _display(name: str) -> Any:
    column: Any = ClientPolicy._meta.get_field(name)
    is_boolean = column.get_internal_type() == "BooleanField"

    @admin.display(description=column.verbose_name, boolean=is_boolean)
    def show(self: Any, application: Row) -> Any:
        value = getattr(ClientPolicy.of(application), name)
        if is_boolean:
            return value
        return json.dumps(value, indent=1) if isinstance(value, dict) else ("-" if value in ("", None) else value)

    return show


class MetadataColumns:
    """Read-only columns for persons who may only view."""


for _name in METADATA:
    setattr(MetadataColumns, _name, _display(_name))
