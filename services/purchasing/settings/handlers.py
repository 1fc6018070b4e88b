"""Reading and changing how the company buys."""

from services.purchasing.settings.tables import Settings
from shared.contracts import purchasing as contract
from shared.contracts.message import Nothing
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.get_settings)
def get_settings(work: UnitOfWork, _query: Nothing) -> contract.SettingsView:
    """The settings in force."""
    return settings(work)


@handles(contract.change_settings)
def change_settings(work: UnitOfWork, command: contract.ChangeSettings) -> contract.SettingsView:
    """Change what is given; orders already submitted keep the limit they were held against."""
    row = work.find(Settings, lock=True) or work.add(Settings())
    if command.no_approval_limit:
        row.approval_limit = None
    elif command.approval_limit is not None:
        row.approval_limit = command.approval_limit
    if command.tax_by_item:
        row.default_tax_code = None
    elif command.default_tax_code:
        row.default_tax_code = command.default_tax_code
    return _view(row)


def settings(work: UnitOfWork) -> contract.SettingsView:
    """The settings in force, for other capabilities."""
    return _view(work.find(Settings) or Settings())


def _view(row: Settings) -> contract.SettingsView:
    return contract.SettingsView(approval_limit=row.approval_limit, default_tax_code=row.default_tax_code)
