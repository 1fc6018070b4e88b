"""Finance: what it can do, one line per capability."""

from services.finance.base import Base
from services.finance.credit import handlers as credit
from services.finance.invoicing import credit_notes, invoices
from services.finance.ledger import accounts
from services.finance.ledger import handlers as ledger
from services.finance.matching import invoices as supplier_invoices
from services.finance.matching import purchases
from services.finance.opening import handlers as opening
from services.finance.orders import handlers as orders
from services.finance.parties import handlers as parties
from services.finance.payables import handlers as payables
from services.finance.periods import handlers as periods
from services.finance.rates import handlers as rates
from services.finance.receivables import adjustments, payments, statement, undoing
from services.finance.settings import handlers as settings
from services.finance.statements import handlers as statements
from services.finance.stock import handlers as stock
from shared.contracts.finance import CONTRACT
from shared.runtime.registry import Service

SERVICE = Service.of(
    CONTRACT,
    Base,
    (
        settings,  # F1 设置
        rates,  # F7 税率、汇率
        credit,  # F6 信用
        parties,  # F2 往来单位
        orders,  # F2 订单副本
        invoices,  # F2 开票、F1 销售成本
        credit_notes,  # F2 红字发票
        payments,  # F2 收款、核销
        undoing,  # F2 反核销、退款
        adjustments,  # F2 往来调整、坏账
        statement,  # F2 应收明细、对账单
        purchases,  # F1 暂估
        supplier_invoices,  # F2 三单匹配
        payables,  # F2 付款、应付明细
        stock,  # F1 存货核算
        opening,  # F1 期初
        ledger,  # F1 凭证
        accounts,  # F1 会计科目
        periods,  # F7 结账、反结账
        statements,  # F7 报表
    ),
)
