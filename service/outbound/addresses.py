"""Which addresses are of the public internet, and what a host is written as."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,31}")
LIKE_A_NUMBER = re.compile(r"(.+\.)?(0x[0-9a-f]*|[0-9]+)")
"""Names that resolvers read as an address: https://url.spec.whatwg.org/#ends-in-a-number-checker."""
CLOSED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
"""https://www.iana.org/assignments/iana-ipv4-special-registry, multicast, relays of 6to4."""
OPEN_V6 = IPv6Network("2000::/3")
"""https://www.iana.org/assignments/ipv6-address-space: all that is global unicast."""
CLOSED_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
"""https://www.iana.org/assignments/iana-ipv6-special-registry, as far as it lies in there."""
NAT64 = IPv6Network("64:ff9b::/96")
"""https://www.rfc-editor.org/rfc/rfc6052#section-2.1"""
PRIVATE: tuple[Network, ...] = (
    *map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")),
    IPv6Network("fc00::/7"),
)
"""Of those who run the network, rather than of one machine or link:
https://www.rfc-editor.org/rfc/rfc1918, /rfc6598 and /rfc4193."""
LOOPBACK_V4 = IPv4Network("127.0.0.0/8")
LOOPBACK_V6 = IPv6Address("::1")


def is_public(address: Address) -> bool:
    """Whether it is one of the public internet; one that carries another is as that one is."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in CLOSED_V4)
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    return address in OPEN_V6 and not any(address in network for network in CLOSED_V6)


def is_private(network: Network) -> bool:
    """Whether all of it lies in one of `PRIVATE`."""
    return any(
        isinstance(network, IPv4Network) and network.subnet_of(known)
        if isinstance(known, IPv4Network)
        else isinstance(network, IPv6Network) and network.subnet_of(known)
        for known in PRIVATE
    )


def is_loopback(address: Address) -> bool:
    """Whether it is this machine in its plain form."""
    return address in LOOPBACK_V4 if isinstance(address, IPv4Address) else address == LOOPBACK_V6


def written_as(host: str) -> Address | None:
    """The address that a host is written as; None where it is a name.

    Raises `ValueError` for what is neither, and for numbers that some would read as an address.
    """
    try:
        return ip_address(host)
    except ValueError:
        if HOST.fullmatch(host) is None or LIKE_A_NUMBER.fullmatch(host):
            raise
        return None


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The address of the fourth version that one of the sixth leads to."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
