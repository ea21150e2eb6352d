"""Parameters of authentication requests (OpenID Connect Core §3.1.2.1): ``prompt`` and ``max_age``."""

from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason

NONE, LOGIN, CONSENT, SELECT_ACCOUNT, CREATE = "none", "login", "consent", "select_account", "create"
PROMPTS = (NONE, LOGIN, CONSENT, SELECT_ACCOUNT)
# Nobody's session is older than that, and every database holds it.
MAX_AGE_LIMIT = 2**31 - 1


def parse_prompt(value: str, supported: tuple[str, ...]) -> frozenset[str]:
    """Return the values of ``prompt``. Raise ``InvalidRequest`` for an unknown one, and for ``none`` beside another."""
    prompts = frozenset(value.split(" ")) - {""}
    if not prompts <= set(supported):
        raise InvalidRequest(Reason.PROMPT_UNSUPPORTED)
    if NONE in prompts and len(prompts) > 1:
        raise InvalidRequest(Reason.PROMPT_NONE_BESIDE_OTHERS)
    return prompts


def parse_max_age(value: str) -> int | None:
    """Return ``max_age`` in seconds, or None where it was left out.

    Raise ``InvalidRequest`` unless it is a whole number.
    """
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise InvalidRequest(Reason.MAX_AGE_MALFORMED)
    digits = value.lstrip("0") or "0"
    return MAX_AGE_LIMIT if len(digits) > len(str(MAX_AGE_LIMIT)) else min(int(digits), MAX_AGE_LIMIT)
