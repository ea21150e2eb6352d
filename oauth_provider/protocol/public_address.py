"""Public addresses (RFC 6890, RFC 9637): is an address on the Internet, or in somebody's own network?

The list is our own, beside that of Python: older versions call ranges public that have been reserved since.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# IANA's registry of special-purpose IPv4 addresses, with those that are reachable and serve the network alone.
SPECIAL_IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by customers of a carrier
            "127.0.0.0/8",
            "168.63.129.16/32",  # in no registry: Azure's agent of each virtual machine
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments; Oracle's metadata service is in it
            "192.0.2.0/24",
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # multicast tunnels
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",
        ),
    )
)
# RFC 4291 §2.4, RFC 3587: unicast addresses are given out of this block alone.
UNICAST = IPv6Network("2000::/3")
SPECIAL_IPV6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHIDs, AS112 and more
            "2001:db8::/32",
            "2002::/16",  # 6to4, which hides an IPv4 address
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # RFC 9637: documentation
        ),
    )
)
# RFC 6052 §2.1: a translator makes the last 32 bits an IPv4 address. The prefix of RFC 8215 is for local networks.
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Is ``address``, and an IPv4 address hidden in it, on the Internet? False for a text that is not an address."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        ip = _hidden(ip) or ip
    if isinstance(ip, IPv4Address):
        is_special = any(ip in network for network in SPECIAL_IPV4)
    else:
        is_special = ip not in UNICAST or any(ip in network for network in SPECIAL_IPV6)
    return ip.is_global and not is_special


def _hidden(ip: IPv6Address) -> IPv4Address | None:
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped
