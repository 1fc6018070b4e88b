"""Purchasing: what it can do, one line per capability."""

from services.purchasing.base import Base
from services.purchasing.copies import handlers as copies
from services.purchasing.orders import approval, closing, drafts, progress
from services.purchasing.orders import queries as orders
from services.purchasing.requisitions import handlers as requisitions
from services.purchasing.requisitions import ordering, replenishment, sales_orders
from services.purchasing.settings import handlers as settings
from services.purchasing.sourcing import handlers as sourcing
from services.purchasing.suppliers import handlers as suppliers
from shared.contracts.purchasing import CONTRACT
from shared.runtime.registry import Service

SERVICE = Service.of(
    CONTRACT,
    Base,
    (
        copies,  # items, warehouses and rates, as their owners tell of them
        suppliers,  # P1 供应商管理
        sourcing,  # P1 货源
        settings,  # P4 采购设置
        requisitions,  # P3 请购
        replenishment,  # P3 from low stock
        sales_orders,  # P3 以销定购
        ordering,  # P3 请购转订单
        drafts,  # P4 起草
        approval,  # P4 审批
        progress,  # P4 收货、发票
        closing,  # P4 取消、关闭
        orders,  # P4 查询、催货
    ),
)
