"""Addresses (RFC 4291 §2.5.4): what counts as one caller."""

from ipaddress import IPv6Address, ip_address


def network_of(address: str) -> str:
    """An IPv6 caller owns its whole /64; one that a listener of both families maps into IPv6 owns one address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped is not None else parsed.exploded[:19]
