"""Sales: what it can do, one line per capability."""

from services.sales.base import Base
from services.sales.customers import handlers as customers
from shared.contracts.sales import CONTRACT
from shared.runtime.registry import Service

SERVICE = Service.of(
    CONTRACT,
    Base,
    (
        customers,  # S1 客户管理
    ),
)
