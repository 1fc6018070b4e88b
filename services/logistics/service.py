"""Logistics: what it can do, one line per capability."""

from services.logistics.base import Base
from services.logistics.carriers import handlers as carriers
from services.logistics.carriers import rate_cards
from services.logistics.copies import handlers as copies
from services.logistics.shipments import moving, planning
from services.logistics.shipments import queries as shipments
from services.logistics.tracking import handlers as tracking
from services.logistics.tracking import incidents
from shared.contracts.logistics import CONTRACT
from shared.runtime.registry import Service

SERVICE = Service.of(
    CONTRACT,
    Base,
    (
        copies,  # items and warehouses, as inventory tells of them
        carriers,  # L1 承运商
        rate_cards,  # L1 运价
        planning,  # L1 运输计划
        moving,  # L1 发运、取消
        shipments,  # L1 查询
        tracking,  # L3 运输跟踪
        incidents,  # L3 运输异常
    ),
)
