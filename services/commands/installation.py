"""What an installation consists of: the services of the five domains, and identity in the gateway."""

from gateway.identity.service import IDENTITY
from services.finance.service import SERVICE as FINANCE
from services.inventory.service import SERVICE as INVENTORY
from services.logistics.service import SERVICE as LOGISTICS
from services.purchasing.service import SERVICE as PURCHASING
from services.sales.service import SERVICE as SALES
from shared.runtime.registry import Service

DOMAINS: tuple[Service, ...] = (PURCHASING, SALES, INVENTORY, LOGISTICS, FINANCE)
"""The services that talk by events."""


def every_service() -> tuple[Service, ...]:
    """Every service that has a database."""
    return (*DOMAINS, IDENTITY)
