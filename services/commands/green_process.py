"""The process of one service or of the gateway: patched for eventlet before anything else is loaded.

It loads its own service and no other, to stay small and start fast.
"""

import shared.runtime.rabbit.green  # noqa: F401 # isort: skip
from importlib import import_module

from deploy.services import SERVICES
from shared.contracts.operations import Contract
from shared.runtime.rabbit.settings import NotConfigured as NotConfigured
from shared.runtime.rabbit.settings import Settings
from shared.runtime.registry import Service

GATEWAY = "gateway"


def serve(name: str) -> int:
    """Run it until it is told to stop; its exit code."""
    settings = Settings.from_environment()
    if name == GATEWAY:
        contracts = [contract(each) for each in SERVICES if each != GATEWAY]
        gateway: int = import_module("gateway.service").run_gateway(contracts, settings)
        return gateway
    service: Service = import_module(f"services.{name}.service").SERVICE
    code: int = import_module("shared.runtime.rabbit.service").run_service(service, settings)
    return code


def contract(name: str) -> Contract:
    """The published language of a service."""
    found: Contract = import_module(f"shared.contracts.{name}").CONTRACT
    return found
