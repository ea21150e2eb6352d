"""Which addresses are on the Internet (RFC 6890): every special-purpose range is not, whatever Python says of it."""

import pytest

from oauth_provider.protocol.public_address import is_public

# The first and the last address of each range of IANA's registries, and of what is not given to servers.
SPECIAL = {
    "this network": ("0.0.0.0", "0.255.255.255"),
    "private 10": ("10.0.0.0", "10.255.255.255"),
    "private 172.16": ("172.16.0.0", "172.31.255.255"),
    "private 192.168": ("192.168.0.0", "192.168.255.255"),
    "shared": ("100.64.0.0", "100.127.255.255"),
    "loopback": ("127.0.0.0", "127.255.255.255"),
    "Azure's agent": ("168.63.129.16",),
    "link-local": ("169.254.0.0", "169.254.169.254", "169.254.255.255"),
    "protocol assignments": ("192.0.0.0", "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.0.192", "192.0.0.255"),
    "documentation": ("192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255"),
    "AS112": ("192.31.196.0", "192.31.196.255", "192.175.48.0", "192.175.48.255"),
    "AMT": ("192.52.193.0", "192.52.193.255"),
    "6to4 relays": ("192.88.99.0", "192.88.99.255"),
    "benchmarks": ("198.18.0.0", "198.19.255.255"),
    "multicast": ("224.0.0.0", "239.255.255.255"),
    "reserved and broadcast": ("240.0.0.0", "255.255.255.254", "255.255.255.255"),
    "unspecified and loopback 6": ("::", "::1"),
    "IPv4-compatible": ("::7f00:1", "::8.8.8.8"),
    "IPv4-mapped": ("::ffff:0.0.0.0", "::ffff:10.0.0.1", "::ffff:192.0.0.192", "::ffff:255.255.255.255"),
    "IPv4-translated": ("::ffff:0:8.8.8.8",),
    "NAT64 to a private address": ("64:ff9b::", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::ffff:ffff"),
    "NAT64 beyond its prefix": ("64:ff9b:0:0:0:1::", "64:ff9b:0:0:1::808:808"),
    "local NAT64": ("64:ff9b:1::", "64:ff9b:1::808:808", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    "discard": ("100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::"),
    "Teredo": ("2001::", "2001:0:808:808:0:0:f7f7:f7f7", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"),
    "benchmarks 6": ("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"),
    "AMT 6, AS112 6": ("2001:3::1", "2001:4:112::1", "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
    "ORCHIDs, DRIP": ("2001:10::1", "2001:20::1", "2001:30::1", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "documentation 6": ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", "3fff:fff:ffff::1"),
    "6to4": ("2002::", "2002:a00:1::", "2002:808:808::1", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "segment routing": ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "unique local": ("fc00::", "fd00:ec2::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "link-local 6": ("fe80::", "fe80::1%eth0", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "site-local": ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "multicast 6": ("ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "not given to anybody": ("1::", "1fff::", "4000::", "a000::1", "e000::"),
}
# Addresses of servers, and the neighbours of ranges: a list must not be wider than what it names.
PUBLIC = (
    "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
    "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
    "2000::1", "2001:200::1", "2001:db7::1", "2001:db9::1", "2003::1", "2606:2800:220:1:248:1893:25c8:1946",
    "2620:4f:7fff::1", "2620:4f:8001::1", "3ffe:ffff::1", "3fff:1000::1",
    "::ffff:8.8.8.8", "64:ff9b::808:808",
)  # fmt: skip


@pytest.mark.spec("RFC 6890", "2.2.2")
@pytest.mark.spec("RFC 6890", "2.2.3")
def test_no_special_purpose_address_is_public() -> None:
    assert [(name, one) for name, addresses in SPECIAL.items() for one in addresses if is_public(one)] == []


@pytest.mark.spec("RFC 6890", "2.2.2")
def test_addresses_beside_special_ranges_are_public() -> None:
    assert [one for one in PUBLIC if not is_public(one)] == []


@pytest.mark.spec("RFC 6052", "2.1")
def test_an_ipv4_address_inside_an_ipv6_address_is_judged_as_ipv4() -> None:
    assert [is_public(f"{prefix}8.8.8.8") for prefix in ("::ffff:", "64:ff9b::")] == [True, True]
    assert [is_public(f"{prefix}192.168.0.1") for prefix in ("::ffff:", "64:ff9b::")] == [False, False]


def test_what_is_no_address_is_not_public() -> None:
    assert [
        one for one in ("", "%", "8.8.8", "08.8.8.8", "8.8.8.8 ", "::g", "example.com", "\x00") if is_public(one)
    ] == []
