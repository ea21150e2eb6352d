"""Tag for the frame of our pages: which language its sentences are in, and which way it is written."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oauth_provider.authorization.language import is_right_to_left, page_language

register = template.Library()


@register.simple_tag
def language_attributes() -> SafeString:
    """Return ``lang`` and ``dir`` of an element whose sentences are ours."""
    language = page_language()
    return format_html('lang="{}" dir="{}"', language, "rtl" if is_right_to_left(language) else "ltr")
