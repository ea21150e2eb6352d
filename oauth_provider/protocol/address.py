"""IP addresses (RFC 4291 §2.5.4): the part of an address that stands for one caller."""

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """Return the text that stands for one caller: an IPv4 address, or the first 64 bits of an IPv6 address.

    One caller owns a whole IPv6 /64. An IPv4 address mapped into IPv6 is returned as IPv4, and a text that is not
    an address unchanged.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped is not None else parsed.exploded[:19]


def is_network(text: str) -> bool:
    """Is ``text`` a network, as in 192.0.2.0/24?"""
    try:
        return bool(ip_network(text))
    except ValueError:
        return False


def is_within(address: str, network: str) -> bool:
    """Is ``address`` one of ``network``, as in 192.0.2.0/24? What is neither is within nothing."""
    try:
        parsed, around = ip_address(address), ip_network(network)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped in around
    return parsed in around
