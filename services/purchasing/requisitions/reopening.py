"""What becomes of the requisitions behind an order that is cancelled."""

from collections.abc import Sequence

from services.purchasing.orders.tables import PurchaseOrder
from services.purchasing.requisitions.sales_orders import shrink
from services.purchasing.requisitions.tables import BuyToOrderLine, Requisition
from shared.runtime.work import UnitOfWork


def reopen(work: UnitOfWork, order: PurchaseOrder) -> None:
    """Open them again, for what is still wanted.

    Except those from low stock behind an approved order: inventory counted it as coming, and asks anew. The
    requisitions are locked first, as where a customer cancels, so that neither oversees the other.
    """
    behind = work.select(Requisition).where(Requisition.order_id == order.id)
    requisitions = work.locked(behind.order_by(Requisition.id))
    for requisition in requisitions:
        asked_anew = requisition.source == "stock_low" and order.approved_on is not None
        requisition.status = "withdrawn" if asked_anew else "open"
        requisition.order_id = order.id if asked_anew else None
    _shrink_to_customers_wish(work, [each for each in requisitions if each.source == "sales_order"])


def _shrink_to_customers_wish(work: UnitOfWork, requisitions: Sequence[Requisition]) -> None:
    orders = {requisition.source_id for requisition in requisitions}
    lines = {(line.order_id, line.line): line for line in work.rows(BuyToOrderLine, order_id=orders, fresh=True)}
    for requisition in requisitions:
        shrink(requisition, lines[str(requisition.source_id), int(requisition.source_line or 0)].wanted)
