"""Words for the rules of an authorization request, each with its section, for *Try a request*."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CORE = "https://openid.net/specs/openid-connect-core-1_0.html#"
RESPONSE_TYPES = "https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One sentence, and the section that it follows from."""

    text: Promise
    section: str
    url: str


def _rfc(number: int, section: str, text: Promise) -> RuleWords:
    url = f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"
    name = section.replace("appendix-", "Appendix ") if section.startswith("appendix") else f"§{section}"
    return RuleWords(text, f"RFC {number} {name}", url)


def _core(section: str, anchor: str, text: Promise) -> RuleWords:
    return RuleWords(text, f"OpenID Connect Core §{section}", CORE + anchor)


# By the names of the functions in ``authorization/rules.py``; the first and the last two are steps around them.
WORDS: dict[str, RuleWords] = {
    "open_request": _rfc(9126, "4", _("A pushed or signed request can be read, and is the client's.")),
    "check_identifiers_single": _rfc(6749, "3.1", _("client_id and redirect_uri are sent once.")),
    "find_client": _rfc(6749, "4.1.2.1", _("The client is known, and may be used.")),
    "find_redirect_uri": _rfc(9700, "4.1.3", _("The redirect URI is registered, character by character.")),
    "check_single": _rfc(6749, "3.1", _("No parameter is sent more than once.")),
    "check_text": _rfc(6749, "appendix-A", _("Parameters are printable ASCII.")),
    "check_not_nested": _rfc(9126, "2.1", _("What is pushed names no other request.")),
    "check_request_object": _core("6", "JWTRequests", _("No request_uri of the client's own, and no registration.")),
    "check_pushed": _rfc(9126, "5", _("The request is pushed, where it has to be.")),
    "check_signed": _rfc(9101, "10.5", _("The request is signed, where it has to be.")),
    "check_response_type": _rfc(6749, "3.1.1", _("The response type is turned on, and the client's.")),
    "check_response_mode": RuleWords(
        _("The response mode is known, and puts no token into a query."),
        "Multiple Response Types §2.1",
        RESPONSE_TYPES + "ResponseModes",
    ),
    "check_id_token": _core(
        "3.2.2.1", "ImplicitAuthRequest", _("An ID token by way of the browser comes with openid and nonce.")
    ),
    "check_grant_type": _rfc(6749, "4.1.2.1", _("The client may use the authorization code grant.")),
    "check_pkce": _rfc(9700, "2.1.1", _("PKCE with S256 binds the code.")),
    "check_claims": _core("5.5", "ClaimsParameter", _("claims is JSON of the right shape.")),
    "check_authorization_details": _rfc(
        9396, "5", _("authorization_details fit their types, which the client may ask for.")
    ),
    "check_prompt": _core("3.1.2.1", "AuthRequest", _("prompt has values that are known, and none stands alone.")),
    "check_max_age": _core("3.1.2.1", "AuthRequest", _("max_age is a number of seconds.")),
    "find_asked": _rfc(
        6749, "3.3", _("Resources are known, and something is left of the scope that the client may have there.")
    ),
    "asked_person": _core("3.1.2.1", "AuthRequest", _("An id_token_hint is an ID token of this server.")),
}
