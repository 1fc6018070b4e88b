"""Every operation of logistics under schemathesis."""

from tests.contract.every_operation import EveryOperation


class TestLogistics(EveryOperation):
    service = "logistics"
