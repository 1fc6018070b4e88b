"""The gateway of the toy company: `python -m tests.integration.rabbit.toy_gateway`."""

import shared.runtime.rabbit.green  # noqa: F401 # isort: skip - patches before anything else is loaded
import sys

from gateway.service import run_gateway
from shared.runtime.rabbit.settings import Settings
from tests.integration.rabbit.toys import SERVICES

sys.exit(run_gateway([service.contract for service in SERVICES.values()], Settings.from_environment()))
