"""Every contract there is: each module of `shared.contracts` that holds a CONTRACT."""

import pkgutil
from importlib import import_module

import shared.contracts
from shared.contracts.operations import Contract


def published() -> list[Contract]:
    """The contracts of all services, identity's included, by name."""
    modules = (
        import_module(f"shared.contracts.{found.name}") for found in pkgutil.iter_modules(shared.contracts.__path__)
    )
    contracts = [module.CONTRACT for module in modules if hasattr(module, "CONTRACT")]
    return sorted(contracts, key=lambda contract: contract.service)
