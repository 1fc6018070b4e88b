"""Every operation of sales under schemathesis."""

from tests.contract.every_operation import EveryOperation


class TestSales(EveryOperation):
    service = "sales"
