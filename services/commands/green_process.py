"""The process of one service or of the gateway: patched for eventlet before anything else is loaded."""

import shared.runtime.rabbit.green  # noqa: F401 # isort: skip
from collections.abc import Mapping

from gateway.service import NAME as GATEWAY
from gateway.service import run_gateway
from services.commands.installation import DOMAINS
from shared.runtime.rabbit.service import run_service
from shared.runtime.rabbit.settings import NotConfigured as NotConfigured
from shared.runtime.rabbit.settings import Settings
from shared.runtime.registry import Service

SERVICES: Mapping[str, Service] = {service.name: service for service in DOMAINS}
NAMES = (*SERVICES, GATEWAY)


def serve(name: str) -> int:
    """Run it until it is told to stop; its exit code."""
    settings = Settings.from_environment()
    if name == GATEWAY:
        return run_gateway([service.contract for service in DOMAINS], settings)
    return run_service(SERVICES[name], settings)
