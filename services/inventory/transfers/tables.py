"""Transfers between warehouses."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint

from services.inventory.base import Base
from services.inventory.valuation.rules import Layer
from shared.contracts.inventory import TransferStatus
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Day, Id, Key, Quantity


class Transfer(CompanyRow, Base):
    """Goods sent from one warehouse to another; its lock guards its lines."""

    __tablename__ = "transfers"
    __table_args__ = (UniqueConstraint("company", "number"), Index("ix_transfers_status", "company", "status"))

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    from_warehouse_id: Mapped[Id]
    to_warehouse_id: Mapped[Id]
    shipped_on: Mapped[date] = column(Day)
    status: Mapped[TransferStatus] = column(String(64))


class TransferLine(CompanyRow, Base):
    """An item of a transfer. `value` is what it left at, `layers` what is under way, oldest first, as text."""

    __tablename__ = "transfer_lines"
    __table_args__ = (
        UniqueConstraint("company", "transfer_id", "item_id"),
        CheckConstraint("arrived + lost <= quantity", name="not_more_than_sent"),
    )

    id: Mapped[Id] = column(primary_key=True)
    transfer_id: Mapped[Id]
    line: Mapped[int]
    item_id: Mapped[Id]
    quantity: Mapped[Quantity]
    arrived: Mapped[Quantity]
    lost: Mapped[Quantity]
    value: Mapped[Amount]
    layers: Mapped[list[dict[str, Any]]] = column(JSON)

    @property
    def in_transit(self) -> Decimal:
        """Still under way."""
        return self.quantity - self.arrived - self.lost

    @property
    def under_way(self) -> tuple[Layer, ...]:
        """The layers under way."""
        return tuple(Layer(Decimal(each["quantity"]), Decimal(each["value"]), each["source"]) for each in self.layers)


def stored_layers(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """Layers as text, exactly."""
    return [{"quantity": str(layer.quantity), "value": str(layer.value), "source": layer.source} for layer in layers]
