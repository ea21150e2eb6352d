"""System checks, one file for each concern. Importing this registers them."""

from oauth_provider.checks import clients, configuration, databases, dot, urls

__all__ = ["clients", "configuration", "databases", "dot", "urls"]
