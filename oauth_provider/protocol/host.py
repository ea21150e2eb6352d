"""Hosts of URIs (RFC 3986 §3.2.2, RFC 1123 §2.1): a name that can be looked up, or an address."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult

MAX_LENGTH = 253
# Eight groups of four digits. The mixed spelling may be longer, and is nobody's.
MAX_IPV6_LENGTH = 39
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
PORT = re.compile(r":([0-9]+)\Z")


def is_host(host: str) -> bool:
    """Can a host have this name? An IPv6 address is given without brackets; one dot may end a name."""
    if ":" in host:
        return _is_address(IPv6Address, host) and "%" not in host and len(host) <= MAX_IPV6_LENGTH
    labels = host.removesuffix(".").split(".")
    if labels[-1].isdigit():
        return _is_address(IPv4Address, host)
    return len(host) <= MAX_LENGTH and all(LABEL.fullmatch(label) for label in labels)


def is_authority(parts: SplitResult) -> bool:
    """Is the host after the slashes possible? A host in brackets must be an IPv6 address."""
    return is_host(parts.hostname or "") and parts.netloc.startswith("[") == (":" in (parts.hostname or ""))


def has_invalid_port(netloc: str) -> bool:
    """Does ``netloc`` have a port number that is not possible (RFC 6335 §6: 16 bits, and 0 is reserved)?"""
    found = PORT.search(netloc)
    return found is not None and not 0 < int(found[1]) < 65536


def _is_address(kind: type[IPv4Address] | type[IPv6Address], host: str) -> bool:
    try:
        kind(host)
    except ValueError:
        return False
    return True
