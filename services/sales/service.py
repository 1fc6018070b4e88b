"""Sales: what it can do, one line per capability."""

from services.sales.base import Base
from services.sales.copies import handlers as copies
from services.sales.customers import handlers as customers
from services.sales.deadlines import handlers as deadlines
from services.sales.orders import answers, cancelling, placing
from services.sales.orders import handlers as orders
from services.sales.prices import handlers as prices
from services.sales.returns import answers as return_answers
from services.sales.returns import handlers as returns
from services.sales.settings import handlers as settings
from shared.contracts.sales import CONTRACT
from shared.runtime.registry import Service

SERVICE = Service.of(
    CONTRACT,
    Base,
    (
        customers,  # S1 客户管理
        copies,  # what sales must know of items, warehouses and rates
        settings,  # what orders take where they name nothing
        prices,  # S3 价格
        placing,  # S2 下单
        answers,  # S2 履行: what stock, credit, delivery and payment answer
        cancelling,  # S2 取消
        orders,  # S2 订单查询
        deadlines,  # S2 到期处理
        returns,  # S7 退货
        return_answers,  # S7 收货、检验、退款
    ),
)
