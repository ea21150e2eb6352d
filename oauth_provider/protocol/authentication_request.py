"""Authentication requests (OpenID Connect Core §3.1.2.1): ``prompt`` and ``max_age``, read."""

from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason

NONE, LOGIN, CONSENT, SELECT_ACCOUNT, CREATE = "none", "login", "consent", "select_account", "create"
PROMPTS = (NONE, LOGIN, CONSENT, SELECT_ACCOUNT)
# Nobody's session is older than that, and every database holds it.
LONGEST_MAX_AGE = 2**31 - 1


def parse_prompt(value: str, supported: tuple[str, ...]) -> frozenset[str]:
    """The values of ``prompt``. Raises ``InvalidRequest`` for an unknown one, and for ``none`` beside another."""
    prompts = frozenset(value.split(" ")) - {""}
    if not prompts <= set(supported):
        raise InvalidRequest(Reason.PROMPT_UNSUPPORTED)
    if NONE in prompts and len(prompts) > 1:
        raise InvalidRequest(Reason.PROMPT_NONE_BESIDE_OTHERS)
    return prompts


def parse_max_age(value: str) -> int | None:
    """Seconds, or None where it was left out. Raises ``InvalidRequest`` for what is no whole number of them."""
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise InvalidRequest(Reason.MAX_AGE_MALFORMED)
    digits = value.lstrip("0") or "0"
    return LONGEST_MAX_AGE if len(digits) > len(str(LONGEST_MAX_AGE)) else min(int(digits), LONGEST_MAX_AGE)
