"""Logs and error reports without handles (RFC 6819 §5.1.6): a URL of ours that was read there opens nothing.

``MaskHandles`` is put on the loggers below as the app starts. Other log handlers of a project can name it in their
``filters``.
"""

import copy
import functools
import logging
import re
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.views.debug import SafeExceptionReporterFilter, get_exception_reporter_filter

# Our own, Django's, and the access logs of servers that run in our process.
LOGGERS = (
    *("oauth_provider.events", "oauth_provider.authorization"),
    *("django.request", "django.security.csrf", "django.server"),
    *("gunicorn.access", "uvicorn.access", "granian.access"),
)
SUBSTITUTE = "***"
EQUALS = r"(?:=|%3[Dd]|%253[Dd])"
IN_A_URL = re.compile(
    r"(?P<before>/consent/)[0-9A-Za-z]{43}(?![0-9A-Za-z])"
    rf"|(?P<named>(?:\b|(?<=%3[Ff])|(?<=%26))(?:ticket|handle|request|request_uri|id_token_hint|login_hint){EQUALS})[^&\s\"'<>]+"
    r"|(?P<urn>request_uri(?::|%3[Aa]))[0-9A-Za-z]{43}"
    r"|(?P<token>\b(?:oac|oat|ocs|ort|odc|ocr|opat)_)[0-9A-Za-z_]{20,}"
)
# A handle or a signed ticket that stands alone, as in a variable.
ALONE = re.compile(r"(?<![\w-])(?:[0-9A-Za-z]{43}|\.?[\w-]{16,}:[0-9A-Za-z]{6}:[\w-]{43})(?![\w-])")


def masked(text: str) -> str:
    """``text`` without the handles, tickets and tokens in its URLs."""
    return IN_A_URL.sub(lambda found: f"{next(filter(None, found.groups()), '')}{SUBSTITUTE}", text)


class MaskHandles(logging.Filter):
    """Lets every record pass, without the handles in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message, and the request that an error mail would be made from."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            return True  # whoever handles it will say so
        if masked(message) != message:
            record.msg, record.args = masked(message), ()
        request = getattr(record, "request", None)
        if record.levelno >= logging.ERROR and isinstance(request, HttpRequest):
            record.request = _masked_request(request)
        return True


def connect() -> None:
    """Put the filter where URLs are logged."""
    for name in (*LOGGERS, *security_loggers()):
        logger = logging.getLogger(name)
        if not any(isinstance(one, MaskHandles) for one in logger.filters):
            logger.addFilter(MaskHandles())


def security_loggers(kind: type[Exception] = SuspiciousOperation) -> Iterator[str]:
    """Yield the loggers of calls that Django suspects, whose records carry the request: one for each class."""
    yield f"django.security.{kind.__name__}"
    for derived in kind.__subclasses__():
        yield from security_loggers(derived)


def mask_reports_of(request: HttpRequest) -> None:
    """Let a report of an error in this request show no handle: in its headers, or in a variable."""
    current = get_exception_reporter_filter(request)
    if not hasattr(current, "hides_handles"):
        base: Any = type(current)
        request.exception_reporter_filter = _reporter_filter(base)


def _masked_request(request: HttpRequest) -> HttpRequest:
    shown = copy.copy(request)
    shown.path, shown.path_info = masked(request.path), masked(request.path_info)
    shown.META = {name: masked(value) if isinstance(value, str) else value for name, value in request.META.items()}
    try:
        shown.GET = QueryDict(shown.META.get("QUERY_STRING", ""), encoding=request.encoding)
    except SuspiciousOperation:  # too many fields, which may be what is told here
        shown.GET = QueryDict()
    if shown.path != request.path:
        mask_reports_of(shown)  # it may be refused before a view of ours has seen it
    return shown


@functools.cache
def _reporter_filter(base: Any) -> SafeExceptionReporterFilter:
    class HandleFilter(base):  # type: ignore[misc]
        """The project's own filter, and this."""

        hides_handles = True

        def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
            environ = super().get_safe_request_meta(request)
            return {name: masked(value) if isinstance(value, str) else value for name, value in environ.items()}

        def get_traceback_frame_variables(self, request: HttpRequest, tb_frame: FrameType) -> Iterable[Any]:
            variables = super().get_traceback_frame_variables(request, tb_frame)
            return [(name, _masked_value(value)) for name, value in variables] if self.is_active(request) else variables

    found: SafeExceptionReporterFilter = HandleFilter()
    return found


def _masked_value(value: Any) -> Any:
    try:
        text = repr(value)
    except Exception:
        return value
    hidden = ALONE.sub(SUBSTITUTE, masked(text))
    return value if hidden == text else hidden
