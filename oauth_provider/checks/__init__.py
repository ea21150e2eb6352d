"""System checks, one file for each concern. Importing this registers them."""

from oauth_provider.checks import clients, configuration, dot, urls

__all__ = ["clients", "configuration", "dot", "urls"]
