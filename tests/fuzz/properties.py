"""What must be true of a rule's answer, whatever it was asked: two rules that contradict each other are a fault."""

import json
from collections.abc import Callable, Collection
from typing import Any

from oauth_provider.protocol import origin, redirect_uri, resource_indicator, sealed, token_string
from oauth_provider.protocol.authorization_details import canonical
from oauth_provider.protocol.cors import ALWAYS_ALLOWED, FIELD_NAME, MAX_HEADERS
from oauth_provider.protocol.form import MAX_PARAMETERS, is_text
from oauth_provider.protocol.jose import decode, encode
from oauth_provider.protocol.scope import format_scope


def registered_matches_itself(answer: Any, redirect_uri: str, allow_http: bool, app_schemes: Collection[str]) -> bool:
    """A redirect URI that may be registered can be used."""
    return answer is not None or _matches_itself(redirect_uri)


def _matches_itself(uri: str) -> bool:
    return redirect_uri.matches(uri, uri) and bool(redirect_uri.destination(uri))


def matching_is_usable(answer: bool, presented: str, registered: str, *, any_port_of_localhost: bool) -> bool:
    """Nothing is sent where nothing may be sent, nor to another host than the registered one."""
    return not answer or (
        redirect_uri.is_usable(presented)
        and redirect_uri.destination(presented) == redirect_uri.destination(registered)
    )


def spelt_as_a_browser_does(answer: Any, origin: str, app_schemes: Collection[str]) -> bool:
    """An origin that may be registered is one that a browser sends."""
    is_of_an_app = origin.partition("://")[0] in app_schemes
    return answer is not None or is_of_an_app or _origin_of(origin) == origin


def _origin_of(text: str) -> str:
    return origin.origin_of(text)


def is_its_own(answer: bool, resource: str, url: str) -> bool:
    """Who covers a URL is a place."""
    return not answer or resource_indicator.normalize(resource) is not None


def says_the_same(answer: str, value: Any) -> bool:
    """The one text of a value is the text of what it says."""
    return canonical(json.loads(answer)) == answer


def is_bounded(answer: tuple[str, ...], requested: str) -> bool:
    """Only names, and not too many of them."""
    names = all(FIELD_NAME.fullmatch(name) for name in answer)
    return names and len(answer) <= MAX_HEADERS and answer[:2] == ALWAYS_ALLOWED


def holds_no_controls(answer: Any, body: str) -> bool:
    """A form that was read can be kept by every database."""
    return len(answer.parameters) <= MAX_PARAMETERS and all(
        is_text(name + value) for name, value in answer.parameters.items()
    )


def can_be_opened(answer: str, text: str, secret: str, context: str) -> bool:
    """What was sealed is opened by its secret in its context, and by no other."""
    opened = sealed.unseal(answer, secret=secret, context=context)
    return opened == text and sealed.unseal(answer, secret=f"{secret}.", context=context) is None


PROPERTIES: dict[str, Callable[..., bool]] = {
    "redirect_uri.find_fault": registered_matches_itself,
    "redirect_uri.matches": matching_is_usable,
    "origin.find_fault": spelt_as_a_browser_does,
    "resource_indicator.covers": is_its_own,
    "authorization_details.canonical": says_the_same,
    "cors.allowed_headers": is_bounded,
    "form.parse_form": holds_no_controls,
    "sealed.seal": can_be_opened,
    "jose.decode": lambda answer, text: encode(answer) == text,
    "jose.encode": lambda answer, data: decode(answer) == data,
    "scope.parse_scope": lambda answer, scope: set(format_scope(answer).split(" ")) == set(scope.split(" ")),
    "token_string.parse_refresh_token": lambda answer, token: answer is None or not token_string.is_broken(token),
    "origin.origin_of": lambda answer, url: not answer or origin.origin_of(answer) == answer,
}
