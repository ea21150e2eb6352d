"""The language of the demo's pages for developers: English, as are the specifications and this software's errors."""

import functools
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import override

View = Callable[..., HttpResponseBase]


def in_english(view: View) -> View:
    """A page without translations, which is not laid out as if it had any."""

    @functools.wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        with override("en"):
            response = view(request, *args, **kwargs)
        response["Content-Language"] = "en"
        return response

    return page
