"""A project that has an admin class of its own for its clients, made from ours."""

from oauth_provider.admin import ApplicationAdmin


class DerivedAdmin(ApplicationAdmin):
    """As it is."""
