"""Tag for our templates in ``registration/``, which step aside for any other of their name."""

from django import template
from django.template.context import RequestContext
from django.template.loader import get_template
from django.utils.safestring import mark_safe

from oauth_provider.pages.account.own_template import own_template

register = template.Library()


@register.simple_tag(takes_context=True)
def other_or(context: RequestContext, name: str, ours: str) -> str:
    """Render the template ``name`` of another app or of the project, and ``ours`` where there is none."""
    found = own_template(name) or get_template(ours)
    # Rendered already, so what had to be escaped is.
    values = {str(name): value for name, value in context.flatten().items()}
    return mark_safe(found.render(values, getattr(context, "request", None)))  # noqa: S308
