"""Addresses (RFC 4291 §2.5.4): what counts as one caller."""

from oauth_provider.protocol.address import network_of
from tests.each import each


@each(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:0db8:0000:0000"),
        ("2001:db8::ffff:1", "2001:0db8:0000:0000"),
        ("2001:db8:0:1::1", "2001:0db8:0000:0001"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_an_ipv6_caller_owns_its_network_and_an_ipv4_caller_its_address(address: str, network: str) -> None:
    assert network_of(address) == network
