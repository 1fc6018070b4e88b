"""What an installation can set about its gateway."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """Limits are `<number>/<second|minute|hour>` or `off`; a person's or machine's own one goes before `limit`.

    `known_for` is how long a revocation made in another gateway process may take to hold in this one; those made in
    this process hold at once. `proxies` is how many trusted reverse proxies stand in front: so many steps back in
    X-Forwarded-For is the client's address.
    """

    limit: str = "6000/minute"
    limit_by_address: str = "600/minute"
    largest_body: int = 2 * 1024 * 1024
    known_for: timedelta = timedelta(seconds=2)
    young: timedelta = timedelta(seconds=10)
    proxies: int = 0

    @classmethod
    def from_environment(cls, given: Mapping[str, str] = os.environ) -> "GatewaySettings":
        """What `HUOTONG_PROXIES` says; without it, addresses are those that connect."""
        return cls(proxies=int(given.get("HUOTONG_PROXIES") or 0))
