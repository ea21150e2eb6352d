"""Body of a request, read up to its maximum size: a form (RFC 6749 Appendix B) or JSON (RFC 7591 §3.1)."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, RawPostDataException, UnreadablePostError

from oauth_provider.protocol.errors import InvalidRequest, LengthRequired, RequestTooLarge
from oauth_provider.protocol.form import MAX_LENGTH, check_content_type, decode_body
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.strict_json import parse_object

JSON = "application/json"


def read_body(request: HttpRequest) -> str:
    """Return the text of an urlencoded body.

    Raises ``InvalidRequest``, ``LengthRequired`` and ``RequestTooLarge``.
    """
    check_content_type(request.content_type)
    return decode_body(_read(request))


def read_json(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that is the body. Raises what ``read_body`` raises."""
    if request.content_type != JSON:
        raise InvalidRequest(Reason.BODY_NOT_JSON)
    try:
        return parse_object(decode_body(_read(request)))
    except ValueError:
        raise InvalidRequest(Reason.BODY_NOT_JSON) from None


def _read(request: HttpRequest) -> bytes:
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_LENGTH:
            raise RequestTooLarge(Reason.BODY_TOO_LARGE)
        body = request.body
        return _chunked_body(request) if not body and is_chunked(request) else body
    except RequestDataTooBig:
        raise RequestTooLarge(Reason.BODY_TOO_LARGE) from None
    except RawPostDataException:
        detail = "Something before this view, such as a middleware, has read the stream of the request."
        raise InvalidRequest(Reason.BODY_UNREADABLE, detail=detail) from None
    except (UnreadablePostError, OSError, ValueError):
        raise InvalidRequest(Reason.BODY_UNREADABLE) from None


def is_chunked(request: HttpRequest) -> bool:
    """Does the body come without its length (RFC 9112 §6.1)? Under WSGI Django reads nothing of such a body."""
    return not request.META.get("CONTENT_LENGTH") and bool(request.META.get("HTTP_TRANSFER_ENCODING"))


def _chunked_body(request: HttpRequest) -> bytes:
    """Return the body in chunks, if the server says that its stream ends with it.

    Raise ``LengthRequired`` otherwise.
    """
    environ = getattr(request, "environ", None)
    if environ is None:  # ASGI: Django has read all of it
        return b""
    if not environ.get("wsgi.input_terminated"):
        raise LengthRequired(Reason.BODY_WITHOUT_LENGTH)
    body, pieces = b"", iter(lambda: environ["wsgi.input"].read(MAX_LENGTH + 1 - len(body)), b"")
    for piece in pieces:
        body += piece
        if len(body) > MAX_LENGTH:
            raise RequestTooLarge(Reason.BODY_TOO_LARGE)
    return body
