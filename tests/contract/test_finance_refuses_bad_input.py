"""Every operation of finance under schemathesis."""

from tests.contract.every_operation import EveryOperation


class TestFinance(EveryOperation):
    service = "finance"
