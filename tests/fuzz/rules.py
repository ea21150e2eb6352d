"""The rules of ``protocol/`` that take text, each driven by arbitrary bytes: whatever comes in, a rule answers it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

from oauth_provider import protocol
from oauth_provider.protocol.authorization_details import parse_details
from oauth_provider.protocol.client_id_metadata import DocumentRefused
from oauth_provider.protocol.denylist import Denial, parse
from oauth_provider.protocol.details_requirement import DetailsRequirement
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.json_schema import Schema, SchemaError, SchemaMismatch
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from tests.fuzz.arguments import Source, arguments_of
from tests.fuzz.properties import PROPERTIES

Rule = Callable[..., Any]

# Every rule may refuse by these.
REFUSALS = (OAuthError, JoseError)
# What else a rule says of itself that it raises.
DECLARED: dict[str, tuple[type[Exception], ...]] = {
    "strict_json.parse_object": (ValueError,),
    "strict_json.parse_array": (ValueError,),
    "strict_json.check_size": (ValueError,),
    "denylist.parse": (ValueError,),
    "denylist.merge_for_client": (ValueError,),
    "strict_json.dump": (ValueError,),
    "contrast.contrast": (ValueError,),
    "contrast.is_readable": (ValueError,),
    "contrast.nearest_readable": (ValueError,),
    "scope_entry.rule_of": (ValueError,),
    "scope_entry.entry_of": (TypeError,),
    "scope_plan.parse_plan": (ValueError,),
    "client_id_metadata.read_document": (DocumentRefused,),
    "client_id_metadata.chosen_authentication": (DocumentRefused,),
    "json_schema.check_references": (SchemaError,),
    "schema": (SchemaMismatch,),
    "requirement": (TypeError, ValueError),
}
# What is not driven, and why.
LEFT_OUT = {
    "jose.generate_key": "it takes no text, and as long as a thousand others",
    "jose.external_key": "its signer is the operator's; parse_jwk reads what it holds",
    "jose.encrypt": "it takes a key of the library, which jwe reads first",
    "token_string.random_text": "it takes no text",
    "access_token.sign_access_token": "it takes a value of ours",
    "consent.from_separate_sets": "it takes a value of ours",
    "scope_plan.rewrite_agreed": "it takes a value of ours",
    "id_token.sign_id_token": "it takes a value of ours",
    "logout_token.sign_logout_token": "it takes a value of ours",
}
SCHEMA = {
    "type": "object",
    "properties": {
        "type": {"const": "t"},
        "rows": {"type": "array", "uniqueItems": True, "items": {"anyOf": [{"type": "object"}, {"type": "string"}]}},
        "when": {"type": "string", "format": "date"},
        "sum": {"type": "number", "multipleOf": 0.01},
        "uri": {"type": "string", "pattern": "^https://", "format": "uri"},
    },
}


def drive(data: bytes) -> None:
    """Ask one rule, which the first two bytes name, with arguments made of the others.

    Raises what no rule may raise, and ``AssertionError`` where an answer contradicts another.
    """
    number = int.from_bytes(data[:2], "big") % len(RULES)
    ask(NAMES[number], Source(data[2:]))


def ask(name: str, source: Source) -> None:
    """The rule called ``name``."""
    rule = RULES[name]
    given = arguments_of(name, rule, source)
    try:
        answer = rule(**given)
    except (*REFUSALS, *DECLARED.get(name, ())):
        return
    if name in PROPERTIES:
        assert PROPERTIES[name](answer, **given), f"{name} contradicts itself"


def _public() -> Iterator[tuple[str, Rule]]:
    """Every public function, as ``module.name``."""
    for module in pkgutil.iter_modules(protocol.__path__):
        loaded = importlib.import_module(f"{protocol.__name__}.{module.name}")
        for name, value in vars(loaded).items():
            if inspect.isfunction(value) and value.__module__ == loaded.__name__ and not name.startswith("_"):
                yield f"{module.name}.{name}", value


# The methods that take text, each as a function.


def schema(value: Any) -> None:
    """Does it fit?"""
    JUDGE.check(value)


def requirement(declaration: Any, granted: str) -> Any:
    """What a view may declare."""
    made = ScopeRequirement.from_declaration(declaration)
    ScopeRequirement.any_of(*made.scopes)
    return made.is_met_by(granted.split(" ")), made.nearest(granted.split(" "))


def details_requirement(text: str, url: str) -> Any:
    """What a call needs, and what was granted."""
    return DetailsRequirement("t", {"actions": [url]}).met_by(parse_details(text), url)


def denial(iss: str, kind: str, id: str) -> Any:
    """A denial is read as it was written, or refused."""
    written = Denial(iss=iss, kind=kind, id=id, exp=1)
    try:
        read = parse(written.text())
    except ValueError:
        return None
    assert read == written
    return read


JUDGE = Schema(SCHEMA)
RULES: dict[str, Rule] = {
    **{name: rule for name, rule in _public() if name not in LEFT_OUT},
    "schema": schema,
    "requirement": requirement,
    "details_requirement": details_requirement,
    "denial": denial,
}
NAMES = tuple(RULES)
