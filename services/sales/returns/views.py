"""Returns as clients see them."""

from typing import cast

from services.sales.orders.tables import Order
from services.sales.orders.views import steps_of
from services.sales.returns.process import RETURN
from services.sales.returns.tables import CreditNote, Return, ReturnLine
from shared.contracts import sales as contract
from shared.runtime.work import UnitOfWork


def return_view(work: UnitOfWork, back: Return, order: Order) -> contract.ReturnView:
    """A return with all that became of it."""
    return contract.ReturnView(
        **vars(summary(back)),
        order_number=order.number,
        cancelled_on=back.cancelled_on,
        lines=[_line(line) for line in back.lines],
        credit_notes=[_credit(note) for note in back.credit_notes],
        process=steps_of(work, RETURN, back.id),
    )


def summary(back: Return) -> contract.ReturnSummary:
    """A return in a list."""
    return contract.ReturnSummary(
        id=back.id,
        version=back.version,
        number=back.number,
        order_id=back.order_id,
        customer_id=back.customer_id,
        warehouse_id=back.warehouse_id,
        status=cast("contract.ReturnState", back.status),
        authorised_on=back.authorised_on,
        reason=back.reason,
    )


def _line(line: ReturnLine) -> contract.ReturnLineView:
    return contract.ReturnLineView(
        order_line=line.order_line,
        item_id=line.item_id,
        authorised=line.authorised,
        lapsed=line.lapsed,
        received=line.received,
        restocked=line.restocked,
        scrapped=line.scrapped,
        accepted=line.state.accepted,
        credited=line.credited,
    )


def _credit(note: CreditNote) -> contract.ReturnCredit:
    return contract.ReturnCredit(
        credit_note_id=note.id,
        number=note.number,
        issued_on=note.issued_on,
        net=note.net,
        tax=note.tax,
        gross=note.gross,
    )
