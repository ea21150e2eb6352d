"""What the OpenID Foundation's conformance suite calls its modules (August 2026; all plans but CIBA's), by subject."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

FINAL, ID2 = "fapi2-security-profile-final-", "fapi2-security-profile-id2-"
# FAPI2:x is the x of both FAPI 2.0 plans, FINAL:x and ID2:x are one of them.
PREFIXES = {"FAPI2": (FINAL, ID2), "FINAL": (FINAL,), "ID2": (ID2,), "LOGOUT": ("oidcc-rp-initiated-logout-",)}

SUBJECTS = {
    "Discovery and metadata": """
        oidcc-discovery-endpoint-verification
        FAPI2:discovery-end-point-verification
        oidcc-server-rotate-keys
    """,
    "Authorization request basics": """
        oidcc-server
        oidcc-response-type-missing
        oidcc-ensure-request-without-nonce-succeeds-for-code-flow
        FAPI2:ensure-authorization-request-without-nonce-success
        oidcc-ensure-request-without-nonce-fails
        oidcc-alternate-happy-flow
        FAPI2:ensure-other-scope-order-succeeds
        oidcc-ensure-request-with-unknown-parameter-succeeds
        oidcc-ensure-post-request-succeeds
        oidcc-display-{page,popup}
        oidcc-ui-locales
        oidcc-claims-locales
        oidcc-ensure-registered-redirect-uri
        oidcc-ensure-redirect-uri-in-authorization-request
        oidcc-redirect-uri-query-{OK,mismatch,added}
    """,
    "ID token": """
        oidcc-idtoken-{signature,rs256,unsigned}
    """,
    "UserInfo and claims": """
        oidcc-userinfo-{get,post-header,post-body,rs256}
        oidcc-scope-{profile,email,address,phone,all}
        oidcc-claims-essential
        FAPI2:test-claims-parameter-identity-claims
        FAPI2:australia-connectid-test-claims-parameter-idtoken-identity-claims
        FAPI2:access-token-type-header-case-sensitivity
    """,
    "prompt, max_age, hints, acr": """
        oidcc-prompt-login
        oidcc-prompt-none-{not-logged-in,logged-in}
        oidcc-id-token-hint
        oidcc-max-age-{1,10000}
        oidcc-login-hint
        oidcc-ensure-request-with-acr-values-succeeds
        FAPI2:test-essential-acr-sca-claim
    """,
    "Codes and refresh tokens": """
        oidcc-{codereuse,codereuse-30seconds}
        FAPI2:attempt-reuse-authorization-code-after-one-second
        FAPI2:ensure-token-endpoint-fails-with-expired-auth-code
        FAPI2:ensure-authorization-code-is-bound-to-client
        oidcc-refresh-token
        FAPI2:refresh-token
    """,
    "Client authentication": """
        oidcc-server-client-secret-post
        oidcc-ensure-client-assertion-with-iss-aud-succeeds
        oidcc-refresh-token-rp-key-rotation
        FAPI2:ensure-signed-client-assertion-with-RS256-fails
        FAPI2:ensure-client-assertion-in-token-endpoint
        FAPI2:ensure-client-assertion-with-{exp-is-5-minutes-in-past,wrong-aud,no-sub}-fails
        FAPI2:ensure-client-id-in-token-endpoint
        FAPI2:par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted
        FAPI2:par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails
        FAPI2:par-test-{array-as-audience,par-endpoint-url-as-audience,token-endpoint-url-as-audience}-fails
        ID2:ensure-client-assertion-with-token-endpoint-aud-succeeds
        ID2:par-test-{token-endpoint,pushed-authorization}-url-as-audience-for-client-JWT-assertion
        ID2:test-array-as-audience-for-client-JWT-assertion
    """,
    "Request objects (JAR) and PAR": """
        oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported
        oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
        oidcc-request-uri-{unsigned,signed-rs256}
        oidcc-ensure-request-object-with-redirect-uri
        FAPI2:ensure-request-object-with-multiple-aud-succeeds
        FAPI2:ensure-different-{nonce,state}-inside-and-outside-request-object
        FAPI2:state-only-outside-request-object-not-used
        FAPI2:ensure-authorization-request-without-state-success
        FINAL:ensure-authorization-request-with-{64-char-nonce-success,long-nonce,long-state}
        ID2:ensure-request-object-with-{64-char-nonce-success,long-nonce,long-state}
        FAPI2:par-without-duplicate-parameters
        FAPI2:par-ensure-reused-request-uri-prior-to-auth-completion-succeeds
        FAPI2:par-attempt-reuse-request_uri
        FAPI2:par-attempt-to-use-expired-request_uri
        FAPI2:par-attempt-to-use-request_uri-for-different-client
        FAPI2:par-authorization-request-containing-request_uri-form-param
        FAPI2:par-authorization-request-containing-request_uri
        FAPI2:par-attempt-invalid-http-method
        FAPI2:ensure-registered-redirect-uri
        ID2:plain-fapi-ensure-registered-redirect-uri
        FINAL:plain-fapi-tolerate-unregistered-redirect-uri
        FAPI2:ensure-redirect-uri-in-authorization-request
        FAPI2:ensure-request-object-without-redirect-uri-fails
    """,
    "PKCE": """
        oidcc-ensure-request-with-valid-pkce-succeeds
        FAPI2:par-ensure-pkce-required
        FAPI2:par-plain-pkce-rejected
        FAPI2:ensure-pkce-code-verifier-required
        FAPI2:incorrect-pkce-code-verifier-rejected
    """,
    "Sender-constrained tokens (DPoP, mTLS)": """
        FAPI2:ensure-holder-of-key-required
        FAPI2:dpop-negative-tests
        FAPI2:check-dpop-proof-nbf-exp
        FAPI2:ensure-dpopproof-with-iat-10seconds-{before,after}-succeeds
        FAPI2:ensure-mismatched-dpop-jkt-fails
        FAPI2:ensure-token-endpoint-fails-with-mismatched-dpop-{jkt,proof-jkt}
        FAPI2:ensure-dpopproof-at-par-endpoint-binding-success
        FAPI2:ensure-dpop-auth-code-binding-success
    """,
    "FAPI 2.0 Security Profile": """
        FAPI2:happy-flow
        FAPI2:user-rejects-authentication
        FAPI2:ensure-unsigned-authorization-request-without-using-par-fails
        FAPI2:ensure-response-type-{code-idtoken,token}-fails
        FAPI2:ensure-server-handles-non-matching-intent-id
        FAPI2:australia-connectid-ensure-invalid-purpose-fails
        FAPI2:brazil-ensure-bad-payment-signature-fails
    """,
    "FAPI 2.0 Message Signing": """
        FAPI2:ensure-unsigned-request-at-par-endpoint-fails
        FAPI2:ensure-request-object-signature-algorithm-is-not-none
        FAPI2:ensure-signed-request-object-with-RS256-fails
        FAPI2:ensure-request-object-with-invalid-signature-fails
        FAPI2:ensure-matching-key-in-authorization-request
        FAPI2:ensure-request-object-without-{exp,nbf}-fails
        FAPI2:ensure-expired-request-object-fails
        FAPI2:ensure-request-object-with-bad-aud-fails
        FAPI2:ensure-request-object-with-{exp,nbf}-over-60-fails
        FINAL:australia-connectid-ensure-request-object-with-{exp-over-10,nbf-over-15}-fails
        FAPI2:ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted
    """,
    "RP-initiated logout": """
        LOGOUT:discovery-endpoint-verification
        oidcc-rp-initiated-logout
        LOGOUT:no-state
        LOGOUT:bad-post-logout-redirect-uri
        LOGOUT:query-added-to-post-logout-redirect-uri
        LOGOUT:{modified,bad,no}-id-token-hint
        LOGOUT:no-post-logout-redirect-uri
        LOGOUT:{no-params,only-state}
    """,
    "Back-channel logout": """
        oidcc-backchannel-logout-discovery-endpoint-verification
        oidcc-backchannel-rp-initiated-logout
    """,
    "Front-channel logout and session management": """
        oidcc-frontchannel-logout-discovery-endpoint-verification
        oidcc-frontchannel-rp-initiated-logout
        oidcc-session-management-discovery-endpoint-verification
        oidcc-session-management-rp-initiated-logout
    """,
    "Dynamic registration": """
        oidcc-redirect-uri-regfrag
        oidcc-registration-{logo,policy,tos}-uri
        oidcc-registration-jwks-uri
        oidcc-registration-sector-{uri,bad}
        oidcc-3rd_party-{init-login,init-login-nohttps}
    """,
}

ASSERTIONS = "private_key_jwt is not offered yet"
BOUND = "tokens are not bound to keys yet"
PROFILE = "the FAPI 2.0 profile is not offered yet"
ELSEWHERE = "the rule of one country's ecosystem"
# What no test covers, by a pattern on the whole name, and why.
LATER = {
    "*-discovery-end-point-verification": PROFILE,
    "fapi2-*-happy-flow": PROFILE,
    "*-ensure-request-object-without-???-fails": PROFILE,
    "*-ensure-request-object-with-*-over-*": PROFILE,
    "*-ensure-server-handles-non-matching-intent-id": ELSEWHERE,
    "*-australia-connectid-ensure-*": ELSEWHERE,
    "*-brazil-*": ELSEWHERE,
    "*-client-assertion*": ASSERTIONS,
    "*-as-audience*": ASSERTIONS,
    "*-rp-key-rotation": ASSERTIONS,
    "*-holder-of-key-*": BOUND,
    "*dpop*": BOUND,
}


def expanded(text: str) -> Iterator[str]:
    """The names in a subject's text, written out."""
    for name in text.split():
        prefix, colon, rest = name.rpartition(":")
        for start in PREFIXES[prefix] if colon else ("",):
            yield from _braces(start + rest)


def _braces(name: str) -> Iterator[str]:
    found = re.search(r"\{(.*?)\}", name)
    if not found:
        yield name
        return
    for choice in found[1].split(","):
        yield from _braces(name[: found.start()] + choice + name[found.end() :])


MODULES = {name: subject for subject, text in SUBJECTS.items() for name in expanded(text)}


def both(module: str) -> list[pytest.MarkDecorator]:
    """The marks of a module of both FAPI 2.0 plans."""
    return [pytest.mark.spec("OIDF", prefix + module) for prefix in (FINAL, ID2)]


def fapi2(module: str) -> Any:
    """The same as a decorator."""

    def mark(test: Any) -> Any:
        for one in both(module):
            test = one(test)
        return test

    return mark
