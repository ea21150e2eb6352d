"""Masking of the secrets given to the walk. Tokens that the server issues are shown, and revoked afterwards."""

import base64
from dataclasses import replace
from urllib.parse import quote, quote_plus, unquote_plus

from oauth_provider.walk.wire import Exchange

SHOWN_END = 4
# A shorter one may be part of any word; it is masked where it stands alone.
SHORT_SECRET = 8
ENOUGH = 16
PREFIX = "ocs_"


class Mask:
    """Replaces ``secrets`` in texts, headers and exchanges by a hint."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = tuple(secret for secret in secrets if secret)

    def text(self, text: str) -> str:
        """Return ``text`` with the secrets masked."""
        for secret in self._secrets:
            if text == secret:
                return hint(secret)
            if len(secret) >= SHORT_SECRET:
                for spelling in (secret, quote(secret), quote_plus(secret)):
                    text = text.replace(spelling, hint(secret))
        return text

    def header(self, value: str) -> str:
        """Return a header with the secrets masked; ``Basic`` credentials are shown decoded."""
        scheme, _, encoded = value.partition(" ")
        if scheme != "Basic":
            return self.text(value)
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        return f"Basic base64({client_id}:{self.text(unquote_plus(secret))})"

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return ``exchange`` with the secrets and the values of cookies masked."""
        request, response = exchange.request, exchange.response
        form = {name: self.text(value) for name, value in request.form.items()} if request.form is not None else None
        headers = {name: self.header(value) for name, value in request.headers.items()}
        answered = {name: self.text(without_cookie(name, value)) for name, value in response.headers.items()}
        return Exchange(
            replace(request, url=self.text(request.url), headers=headers, form=form),
            replace(response, headers=answered, body=self.text(response.body)),
        )


def hint(secret: str) -> str:
    """Return the end of a secret: enough to recognise it, too little to use it."""
    if len(secret) < ENOUGH:
        return "…"
    return f"{PREFIX if secret.startswith(PREFIX) else ''}…{secret[-SHOWN_END:]}"


def without_cookie(name: str, value: str) -> str:
    """Return a ``Set-Cookie`` header without its value, which is the person's session; others unchanged."""
    return f"{value.partition('=')[0]}=…" if name.lower() == "set-cookie" else value
