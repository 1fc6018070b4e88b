"""Whose address it is: clients are counted by what they cannot change at will."""

from ipaddress import IPv6Address, ip_address

_SITE = 64


def counted_as(address: str | None) -> str:
    """What a client is counted by: its IPv4 address, or the network of its IPv6 one, of which a host has 2**64."""
    try:
        given = ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if not isinstance(given, IPv6Address):
        return str(given)
    if given.ipv4_mapped:
        return str(given.ipv4_mapped)
    return f"{IPv6Address(int(given) >> _SITE << _SITE)}/{_SITE}"
