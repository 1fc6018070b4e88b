"""Inventory: what it can do, one line per capability."""

from services.inventory.adjustments import handlers as adjustments
from services.inventory.base import Base
from services.inventory.items import handlers as items
from services.inventory.picks import handing_over, planning
from services.inventory.picks import handlers as picks
from services.inventory.receipts import expecting, receiving
from services.inventory.receipts import handlers as receipts
from services.inventory.replenishment import handlers as replenishment
from services.inventory.reservations import handlers as reservations
from services.inventory.returns import handlers as returns
from services.inventory.returns import inspecting
from services.inventory.returns import receiving as taking_back
from services.inventory.stock import handlers as stock
from services.inventory.stock import putting_away
from services.inventory.transfers import arriving, shipping
from services.inventory.transfers import handlers as transfers
from services.inventory.valuation import handlers as valuation
from services.inventory.warehouses import handlers as warehouses
from shared.contracts.inventory import CONTRACT
from shared.runtime.registry import Service

SERVICE = Service.of(
    CONTRACT,
    Base,
    (
        items,  # W1 物料
        warehouses,  # W1 仓库与库位
        stock,  # W1 库存与流水
        putting_away,  # W1 上架
        reservations,  # W1 预留、缺货、取消
        planning,  # W1 拣货单
        picks,  # W1 拣货
        handing_over,  # W1 出库交接
        expecting,  # W1 待收货
        receiving,  # W1 收货、冲销
        receipts,  # W1 收货单
        returns,  # W1 客户退货
        taking_back,  # W1 退货收货
        inspecting,  # W1 退货检验
        shipping,  # W2 调拨发出
        arriving,  # W2 调拨到达
        transfers,  # W2 调拨单
        valuation,  # W3 计价
        adjustments,  # W7 盘盈盘亏与期初
        replenishment,  # W5 库存预警
    ),
)
