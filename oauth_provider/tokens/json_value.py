"""Values of a project's own code as JSON (RFC 8259 §3): claims, and what it adds to authorization details.

They become JSON before anything is spent or stored for their sake, so that what is none costs nobody a code.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from oauth_provider.protocol.errors import ServerError
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.strict_json import dump

_encoder = DjangoJSONEncoder()


def as_json(value: Any, *, what: str) -> Any:
    """``value`` as JSON has it: UUIDs, decimals, dates and lazy strings are text, as in Django's own answers.

    Raises ``ServerError``, which names ``what`` it is to the operator, for what is no JSON.
    """
    try:
        plain = _plain(value)
        dump(plain)
    except (TypeError, ValueError, RecursionError) as error:
        detail = f"{what} is no JSON: {type(error).__name__}: {error}"
        raise ServerError(Reason.VALUE_UNSERIALIZABLE, detail=detail) from error
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(_plain(name)): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset | QuerySet):
        return [_plain(inner) for inner in value]
    return _plain(_encoder.default(value))
