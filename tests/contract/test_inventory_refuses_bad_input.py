"""Every operation of inventory under schemathesis."""

from tests.contract.every_operation import EveryOperation


class TestInventory(EveryOperation):
    service = "inventory"
