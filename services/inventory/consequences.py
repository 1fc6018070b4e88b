"""What follows in the same transaction when stock, promises or expectations have changed."""

from services.inventory.replenishment.alerts import alert_when_low
from services.inventory.reservations.waiting import serve_waiting
from services.inventory.stock.levels import Levels
from shared.runtime.work import UnitOfWork


def consequences(work: UnitOfWork, levels: Levels) -> None:
    """Those who wait get what is free; then low stock is told."""
    serve_waiting(work, levels)
    alert_when_low(work, levels.changed())
