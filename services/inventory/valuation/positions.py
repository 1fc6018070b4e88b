"""The valued positions a document touches: locked in one order, changed by the rules, written back."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from services.inventory.rows import Pair, locked_pairs
from services.inventory.valuation.rules import AVERAGE, CostMethod, Layer, Position
from services.inventory.valuation.settings import Policies, policies_to_value_by
from services.inventory.valuation.tables import StockLayer, StockValue
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork

Spot = tuple[str, str]
"""An item in a warehouse: both ids."""


class Positions:
    """Stock by item and warehouse as the rules value it; several warehouses share one where the company is the area."""

    def __init__(self, work: UnitOfWork, spots: Iterable[Spot]) -> None:
        self._work = work
        self.policies: Policies = policies_to_value_by(work)
        self._rows = locked_pairs(
            work, StockValue, {self._pair(spot) for spot in spots}, (StockValue.item_id, StockValue.area), self._new
        )
        self._layers = self._stored_layers()
        self._positions = {pair: self._position(row) for pair, row in self._rows.items()}
        self._before = dict(self._positions)

    def __getitem__(self, spot: Spot) -> Position:
        return self._positions[self._pair(spot)]

    def __setitem__(self, spot: Spot, position: Position) -> None:
        self._positions[self._pair(spot)] = position

    def empty(self) -> Position:
        """A position that holds nothing: goods under way have one of their own."""
        return Position(self.policies.cost_method, self._work.currency)

    def in_transit(self, spot: Spot, quantity: Decimal, value: Decimal) -> None:
        """Note what set out for the spot, or with a minus what came to its end."""
        row = self._rows[self._pair(spot)]
        row.transit_quantity, row.transit_value = row.transit_quantity + quantity, row.transit_value + value

    def save(self) -> None:
        """Write back what changed."""
        for pair, position in self._positions.items():
            if position is not self._before[pair]:
                row = self._rows[pair]
                row.quantity, row.value = position.quantity, position.value
                if position.method is CostMethod.FIFO:
                    self._save_layers(row, position)

    def _pair(self, spot: Spot) -> Pair:
        return spot[0], self.policies.area_of(spot[1])

    def _new(self, _pair: Pair) -> dict[str, object]:
        return {
            "id": self._work.new_id(),
            "quantity": ZERO,
            "value": ZERO,
            "transit_quantity": ZERO,
            "transit_value": ZERO,
            "next_place": 1,
        }

    def _stored_layers(self) -> dict[str, list[StockLayer]]:
        """The layers by stock value; the lock on that guards them."""
        by_value: dict[str, list[StockLayer]] = defaultdict(list)
        if self.policies.cost_method is CostMethod.FIFO:
            ids = [row.id for row in self._rows.values()]
            ordered = ("stock_value_id", "place")
            for layer in self._work.rows(StockLayer, stock_value_id=ids, by=ordered, fresh=True):
                by_value[layer.stock_value_id].append(layer)
        return by_value

    def _position(self, row: StockValue) -> Position:
        position = self.empty()
        if position.method is CostMethod.FIFO:
            layers = tuple(Layer(each.quantity, each.value, each.source) for each in self._layers[row.id])
        else:
            layers = (Layer(row.quantity, row.value, AVERAGE),) if row.quantity else ()
        return Position(position.method, position.currency, layers)

    def _save_layers(self, row: StockValue, position: Position) -> None:
        stored = {layer.source: layer for layer in self._layers[row.id]}
        for layer in position.layers:
            kept = stored.pop(layer.source, None)
            if kept is None:
                self._add_layer(row, layer)
            else:
                kept.quantity, kept.value = layer.quantity, layer.value
        for used_up in stored.values():
            self._work.session.delete(used_up)

    def _add_layer(self, row: StockValue, layer: Layer) -> None:
        self._work.add(
            StockLayer(
                stock_value_id=row.id,
                place=row.next_place,
                source=layer.source,
                quantity=layer.quantity,
                value=layer.value,
            )
        )
        row.next_place += 1
