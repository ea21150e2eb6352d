"""IP addresses (RFC 4291 §2.5.4): the part of an address that stands for one caller."""

from ipaddress import IPv6Address, ip_address


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
