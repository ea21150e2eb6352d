"""A project that has an admin class of its own for its clients, made from DOT's."""

from oauth2_provider.admin import ApplicationAdmin


class OwnAdmin(ApplicationAdmin):
    """As it is."""
