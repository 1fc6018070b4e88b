"""Every operation of purchasing under schemathesis."""

from tests.contract.every_operation import EveryOperation


class TestPurchasing(EveryOperation):
    service = "purchasing"
