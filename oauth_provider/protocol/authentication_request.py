"""Parameters of authentication requests (OpenID Connect Core §3.1.2.1): ``prompt`` and ``max_age``."""

from oauth_provider.protocol.errors import InvalidRequest

NONE, LOGIN, CONSENT, SELECT_ACCOUNT, CREATE = "none", "login", "consent", "select_account", "create"
PROMPTS = (NONE, LOGIN, CONSENT, SELECT_ACCOUNT)
# Nobody's session is older than that, and every database holds it.
MAX_AGE_LIMIT = 2**31 - 1


def parse_prompt(value: str, supported: tuple[str, ...]) -> frozenset[str]:
    """Return the values of ``prompt``. Raise ``InvalidRequest`` for an unknown one, and for ``none`` beside another."""
    prompts = frozenset(value.split(" ")) - {""}
    if not prompts <= set(supported):
        raise InvalidRequest("prompt holds a value that is not supported.")
    if NONE in prompts and len(prompts) > 1:
        raise InvalidRequest("prompt=none stands alone.")
    return prompts


def parse_max_age(value: str) -> int | None:
    """Return ``max_age`` in seconds, or None where it was left out.

    Raise ``InvalidRequest`` unless it is a whole number.
    """
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise InvalidRequest("max_age must be a whole number of seconds.")
    digits = value.lstrip("0") or "0"
    return MAX_AGE_LIMIT if len(digits) > len(str(MAX_AGE_LIMIT)) else min(int(digits), MAX_AGE_LIMIT)
