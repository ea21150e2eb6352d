"""Files of ours whose URL says what is in them (RFC 8246 §2): every cache may keep them, and none asks again."""

from django.http import HttpResponse

YEAR = 31_536_000


def kept_forever(response: HttpResponse) -> HttpResponse:
    """Return ``response`` for good, to whoever asks, as nothing but what its content type says."""
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    # Opened by itself it is a page: one that may do nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    return response
