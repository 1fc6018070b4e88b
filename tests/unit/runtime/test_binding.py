"""What can be bound, and what is refused before a service starts."""

import sys
from collections.abc import Sequence

import pytest

from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations
from shared.runtime.registry import Service, handles
from shared.runtime.work import UnitOfWork
from tests.unit.runtime.orchard import Base, PlantTree, TreeView

KIOSK = Contract("kiosk", "亭", "Kiosk")
add_system_operations(KIOSK)
sell = KIOSK.command("sell", "POST", "/sales", PlantTree, TreeView, scope="kiosk:write", zh="卖", en="Sell")


def read_nothing(_work: UnitOfWork, _commands: Sequence[PlantTree]) -> None:
    """Nothing has to be read."""


@handles(sell, together=read_nothing)
def sell_something(_work: UnitOfWork, _command: PlantTree) -> TreeView:
    raise AssertionError("it is never called")


def test_calls_without_a_key_do_not_go_together() -> None:
    with pytest.raises(LookupError, match=r"kiosk\.sell has to require a key"):
        Service.of(KIOSK, Base, (sys.modules[__name__],))
