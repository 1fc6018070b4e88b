"""Every operation of identity under schemathesis."""

from tests.contract.every_operation import EveryOperation


class TestIdentity(EveryOperation):
    service = "identity"
