"""Errors in words (RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1): what was refused, and whose turn it is."""

MEANINGS = {
    "access_denied": "You said no, and the client is told so. It may ask again, but gets nothing.",
    "invalid_client": "The server does not believe that this is the client: its identifier or its secret is wrong.",
    "invalid_grant": (
        "The code or the refresh token is not worth anything, or not any more. Somebody has to log in again."
    ),
    "invalid_request": (
        "Something about the request is missing, repeated or malformed. The client's developer has to mend it."
    ),
    "invalid_scope": "The client asked for more than it may have.",
    "invalid_token": (
        "The access token has expired, was revoked, or never was one. The client has to refresh, or ask anew."
    ),
    "insufficient_scope": "The token is good, but not for this. The client has to ask you for more.",
    "insufficient_user_authentication": (
        "The token is good, but you signed in too long ago for this. The client has to send you to sign in again."
    ),
    "unauthorized_client": "The client may not use this flow.",
    "unsupported_grant_type": "The server does not offer this grant.",
}


def in_words(error: str, description: str, status: int) -> str:
    """``error`` for a person; the server's own description where it gave one."""
    if not error:
        missing = "The API wants an access token, and there was none."
        return missing if status == 401 else f"The server answered {status} and did not say why."
    meaning = MEANINGS.get(error, "The server refused.")
    return f"{meaning} It said: {error}, “{description}”" if description else f"{meaning} It said: {error}."
