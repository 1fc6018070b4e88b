"""The roles of the seed, `admin` and `system`, as data: which scopes each has.

A role has what its own job needs and no other's. `<service>:write` changes a service's documents; finer scopes keep
apart what two people must do. `docs/roles.md` shows what comes of it, operation by operation.
"""

from collections.abc import Mapping
from typing import Final

SERVICES: Final = ("purchasing", "sales", "inventory", "logistics", "finance")
READ_ALL: Final = frozenset(f"{service}:read" for service in SERVICES)
WRITE_ALL: Final = frozenset(f"{service}:write" for service in SERVICES)
FINE: Final = frozenset(
    {
        "purchasing:approve",  # release a purchase order above the limit; never one's own
        "sales:price",  # set price lists
        "inventory:adjust",  # write stock off or on after a count
        "inventory:open",  # opening stock with its value
        "finance:post",  # entries by hand, opening balances, periods
        "finance:credit",  # credit limits, release of held orders
        "system:read",  # outbox, inbox, dead letters, journal, audit trail
        "system:write",  # replay and discard dead letters
        "see:cost",  # purchase prices, stock value, margin
        "see:personal",  # data about a natural person
        "business-date:set",  # documents of another day than today
    }
)
ADMIN: Final = "identity:admin"
SCOPES: Final = READ_ALL | WRITE_ALL | FINE | {ADMIN}
"""Every scope there is."""

ROLES: Final[Mapping[str, frozenset[str]]] = {
    "purchaser": frozenset(
        {"purchasing:read", "purchasing:write", "inventory:read", "logistics:read", "see:cost", "see:personal"}
    ),
    "salesperson": frozenset(
        {"sales:read", "sales:write", "sales:price", "inventory:read", "logistics:read", "see:personal"}
    ),
    "warehouse_keeper": frozenset(
        {"inventory:read", "inventory:write", "purchasing:read", "sales:read", "logistics:read"}
    ),
    "logistics_coordinator": frozenset(
        {"logistics:read", "logistics:write", "inventory:read", "sales:read", "see:cost", "see:personal"}
    ),
    "data_analyst": READ_ALL | {"see:cost"},
    "supply_chain_manager": READ_ALL | {"purchasing:approve", "inventory:adjust", "see:cost", "see:personal"},
    "finance_analyst": READ_ALL
    | {
        "finance:write",
        "finance:post",
        "finance:credit",
        "inventory:open",
        "see:cost",
        "see:personal",
        "business-date:set",
    },
    "admin": frozenset({ADMIN, "system:read", "system:write", "see:personal"}),
    "system": SCOPES - {ADMIN},
}
"""`admin` runs the installation and trades nothing; `system` is for the runtime's own jobs, replay and audit."""


def scopes_of(roles: set[str] | frozenset[str]) -> frozenset[str]:
    """What these roles allow together."""
    return frozenset().union(*(ROLES[role] for role in roles if role in ROLES))
