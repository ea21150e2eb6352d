"""Reading the body of a request as a form (RFC 6749 Appendix B), without more of it than it may hold."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from oauth_provider.protocol.errors import InvalidRequest, RequestTooLarge
from oauth_provider.protocol.form import MAX_LENGTH, check_content_type, decode_body


def read_body(request: HttpRequest) -> str:
    """The text of an urlencoded body. Raises ``InvalidRequest`` and ``RequestTooLarge``."""
    check_content_type(request.content_type)
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_LENGTH:
            raise RequestTooLarge("The body is too large.")
        return decode_body(request.body)
    except RequestDataTooBig:
        raise RequestTooLarge("The body is too large.") from None
    except (UnreadablePostError, ValueError):
        raise InvalidRequest("The body could not be read.") from None
