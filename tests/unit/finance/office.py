"""An office under test: finance alone, with what the other services tell it at hand."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from services.finance.ledger import chart
from services.finance.ledger.tables import LedgerLine
from services.finance.service import SERVICE
from shared.contracts import finance, inventory, purchasing, sales
from shared.contracts.common import Terms, net
from shared.contracts.message import dump, load
from tests.company import TODAY, Company

D = Decimal
LineSpec = tuple[str, str, str]
"""Quantity, net and tax of an order line."""


class Office(Company):
    """Keeps the books of a company that sells to Ann and Bob and buys from Sue, all due in 30 days."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        super().__init__([SERVICE], folder, seed)
        self.item, self.warehouse = self.new_id(), self.new_id()
        self.ann, self.bob, self.sue = self.customer("Ann"), self.customer("Bob"), self.supplier("Sue")

    # What others tell

    def customer(self, name: str, currency: str = "CNY") -> str:
        id_ = self.new_id()
        self.given(
            sales.customer_registered, customer_id=id_, code=name, name=name, tier="standard", currency=currency,
            country="CN", terms=dump(net(30)), archived=False,
        )  # fmt: skip
        return id_

    def supplier(self, name: str, currency: str = "CNY") -> str:
        id_ = self.new_id()
        self.given(
            purchasing.supplier_registered, supplier_id=id_, code=name, name=name, currency=currency,
            terms=dump(net(30)), state="approved",
        )  # fmt: skip
        return id_

    def order(self, *lines: LineSpec, **more: Any) -> sales.OrderPlaced:
        """What sales tells of an order of these lines; fields may be given in `more`, kinds of lines as `kinds`."""
        kinds: Sequence[str] = more.pop("kinds", ["goods"] * len(lines))
        total_net, total_tax = (sum((D(line[part]) for line in lines), D(0)) for part in (1, 2))
        fields: dict[str, Any] = {
            "order_id": self.new_id(), "number": "SO-1", "customer_id": self.ann, "placed_on": self.on,
            "promised_on": self.on, "currency": "CNY", "exchange_rate": "1", "prices_include_tax": False,
            "tax_rounding": "line", "terms": dump(net(30)), "ship_to": {"country": "CN"},
            "lines": [self._line(n, kinds[n - 1], *line) for n, line in enumerate(lines, start=1)],
            "net": str(total_net), "tax": str(total_tax), "gross": str(total_net + total_tax),
        }  # fmt: skip
        fields.update(more)
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
        return load(sales.OrderPlaced, plain)

    def _line(self, number: int, kind: str, quantity: str, net_: str, tax: str) -> dict[str, Any]:
        return {
            "line": number, "item_id": self.item, "kind": kind, "warehouse_id": None, "quantity": quantity,
            "price": str(round(D(net_) / D(quantity), 6)), "tax_code": "VAT13", "tax_rate": "0.13", "net": net_,
            "tax": tax, "gross": str(D(net_) + D(tax)), "over_tolerance": "0", "buy_to_order": False,
        }  # fmt: skip

    def placed(self, *lines: LineSpec, **more: Any) -> sales.OrderPlaced:
        order = self.order(*lines, **more)
        self.given(sales.order_placed, order)
        return order

    def hand_over(self, order: sales.OrderPlaced, *lines: tuple[int, str, str], on: date | None = None) -> str:
        """Goods leave: (line, quantity, cost) each; the hand-over's id."""
        id_ = self.new_id()
        self.given(
            inventory.goods_handed_over, handover_id=id_, order_id=order.order_id, shipment_id=self.new_id(),
            warehouse_id=self.warehouse, handed_over_on=on or self.on, shipment_complete=True,
            lines=[
                {"line": line, "item_id": self.item, "quantity": quantity, "cost": cost}
                for line, quantity, cost in lines
            ],
        )  # fmt: skip
        return id_

    def cancel(self, order: sales.OrderPlaced, *lines: tuple[int, str]) -> None:
        self.given(
            sales.order_cancelled, order_id=order.order_id, cancelled_on=self.on, reason="no more wanted",
            outcome="partly_cancelled" if lines else "cancelled",
            lines=[{"line": line, "cancelled": quantity, "handed_over": "0"} for line, quantity in lines],
        )  # fmt: skip

    def accept_return(self, order: sales.OrderPlaced, *lines: tuple[int, str]) -> None:
        self.given(
            sales.return_accepted, return_id=self.new_id(), order_id=order.order_id, customer_id=order.customer_id,
            accepted_on=self.on,
            lines=[{"order_line": line, "item_id": self.item, "quantity": quantity} for line, quantity in lines],
        )  # fmt: skip

    def receive_return(self, order: sales.OrderPlaced, line: int, quantity: str, value: str) -> None:
        self.given(
            inventory.return_received, return_receipt_id=self.new_id(), return_id=self.new_id(),
            order_id=order.order_id, warehouse_id=self.warehouse, received_on=self.on,
            lines=[{"order_line": line, "item_id": self.item, "quantity": quantity, "value": value}],
        )  # fmt: skip

    def adjust_stock(self, quantity: str, value: str) -> None:
        self.given(
            inventory.stock_adjusted, adjustment_id=self.new_id(), number="ADJ-1", warehouse_id=self.warehouse,
            reason="lost", adjusted_on=self.on, lines=[{"item_id": self.item, "quantity": quantity, "value": value}],
        )  # fmt: skip

    def purchase(self, quantity: str = "10", price: str = "5", **more: Any) -> purchasing.PurchaseOrderApproved:
        """A purchase order of one line from Sue, approved."""
        worth = str(D(quantity) * D(price))
        fields: dict[str, Any] = {
            "purchase_order_id": self.new_id(), "number": "PO-1", "supplier_id": self.sue,
            "warehouse_id": self.warehouse, "approved_on": self.on.isoformat(), "expected_on": self.on.isoformat(),
            "currency": "CNY", "exchange_rate": "1", "terms": dump(net(30)),
            "lines": [
                {
                    "line": 1, "item_id": self.item, "quantity": quantity, "price": price, "net": worth,
                    "base_net": worth, "tax_rate": "0.13", "over_tolerance": "0", "under_tolerance": "0",
                }
            ],
        }  # fmt: skip
        order = load(purchasing.PurchaseOrderApproved, fields | more)
        self.given(purchasing.order_approved, order)
        return order

    def receive(self, order: purchasing.PurchaseOrderApproved, quantity: str, value: str) -> str:
        id_ = self.new_id()
        self.given(
            inventory.goods_received, receipt_id=id_, number="GR-1", purchase_order_id=order.purchase_order_id,
            supplier_id=order.supplier_id, warehouse_id=self.warehouse, received_on=self.on,
            lines=[self._received(quantity, value)],
        )  # fmt: skip
        return id_

    def cancel_receipt(
        self, order: purchasing.PurchaseOrderApproved, receipt_id: str, quantity: str, value: str, left: str = ""
    ) -> None:
        """Undo a receipt of that value, of which `left` leaves stock, or all of it."""
        self.given(
            inventory.receipt_cancelled, receipt_id=receipt_id, purchase_order_id=order.purchase_order_id,
            supplier_id=order.supplier_id, warehouse_id=self.warehouse, cancelled_on=self.on,
            lines=[self._received(quantity, left or value) | {"received_value": value}],
        )  # fmt: skip

    def _received(self, quantity: str, value: str) -> dict[str, str | int]:
        return {"line": 1, "item_id": self.item, "accepted": quantity, "rejected": "0", "value": value}

    # What is asked of finance

    def owes(self, amount: str, customer: str | None = None, due_on: date = TODAY) -> str:
        """Take over what a customer owes; the open item's id."""
        item = {"customer_id": customer or self.ann, "number": "OLD-1", "due_on": due_on, "amount": amount}
        return self.do(finance.open_receivables, items=[item]).item_ids[0]

    def pay(self, amount: str, **more: Any) -> finance.PaymentView:
        return self.do(finance.receive_payment, **{"customer_id": self.ann, "amount": amount} | more)

    def bill(
        self, order: purchasing.PurchaseOrderApproved, quantity: str, net_: str, tax: str, **more: Any
    ) -> finance.SupplierInvoiceView:
        """Record the supplier's invoice for line 1."""
        return self.do(finance.record_supplier_invoice, **self.bill_fields(order, quantity, net_, tax) | more)

    def bill_fields(
        self, order: purchasing.PurchaseOrderApproved, quantity: str, net_: str, tax: str
    ) -> dict[str, Any]:
        return {
            "supplier_id": order.supplier_id, "supplier_number": "INV-77",
            "purchase_order_id": order.purchase_order_id,
            "lines": [{"line": 1, "quantity": quantity, "net": net_, "tax": tax}],
        }  # fmt: skip

    def open_amounts(self, **filters: Any) -> list[Decimal]:
        """What is open of each item of a customer's account, in due order."""
        listed = self.do(finance.list_receivables, limit="1000", **filters).data
        return [item.open_amount for item in listed]

    def exposure(self, customer: str | None = None) -> Decimal:
        return self.do(finance.get_credit, customer_id=customer or self.ann).exposure

    def balances(self) -> dict[str, Decimal]:
        """Every account's balance in base currency, debits less credits, those at zero left out."""
        statement = select(LedgerLine.account, func.sum(LedgerLine.base_debit), func.sum(LedgerLine.base_credit))
        with self.databases["finance"].snapshot() as session:
            found = {code: d - c for code, d, c in session.execute(statement.group_by(LedgerLine.account))}
        return {code: balance for code, balance in found.items() if balance}

    def prove(self) -> None:
        """Entries balance, the control accounts are their open items, and exposure is orders and receivables."""
        for entry in self.do(finance.list_entries, limit="1000").data:
            assert sum(line.base_debit - line.base_credit for line in entry.lines) == 0
            for currency in {line.currency for line in entry.lines}:
                assert sum(line.debit - line.credit for line in entry.lines if line.currency == currency) == 0
        balances = self.balances()
        receivables = self.do(finance.list_receivables, limit="1000").data
        payables = self.do(finance.list_payables, limit="1000").data
        accruals = self.do(finance.list_accruals, limit="1000").data
        assert sum(item.open_base for item in receivables) == balances.get(chart.RECEIVABLE, 0)
        assert sum(item.open_base for item in payables) == -balances.get(chart.PAYABLE, D(0))
        assert sum(line.open_value or 0 for line in accruals) == -balances.get(chart.ACCRUAL, D(0))
        for credit in self.do(finance.list_credit, limit="1000").data:
            owed = sum(item.open_base for item in receivables if item.customer_id == credit.customer_id)
            assert credit.receivables == owed
        assert self.troubles() == []


def thirds() -> dict[str, Any]:
    """Terms of 30/50/20 % at once, in 30 and in 60 days."""
    shares = (("0.3", 0), ("0.5", 30), ("0.2", 60))
    return dump(load(Terms, {"instalments": [{"share": share, "days": days} for share, days in shares]}))
