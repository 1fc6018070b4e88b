"""Showing and changing what finance decides by."""

from services.finance.credit.exposure import release_all_fitting
from services.finance.settings.lookup import settings_of, take_books
from services.finance.settings.tables import Settings
from shared.contracts import finance as contract
from shared.contracts.message import Nothing
from shared.kernel.errors import InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.get_settings)
def get_settings(work: UnitOfWork, _query: Nothing) -> contract.SettingsView:
    """The settings as they are."""
    return _view(settings_of(work))


@handles(contract.change_settings)
def change_settings(work: UnitOfWork, command: contract.ChangeSettings) -> contract.SettingsView:
    """Change what is given; a higher default limit releases orders that fit now."""
    if command.unlimited_credit and command.default_credit_limit is not None:
        raise InvalidInput.at("/unlimited_credit", "contradicting_limits", "there is a limit or there is none")
    settings = take_books(work)
    work.expect_version(settings)
    for name in ("default_credit_limit", "price_tolerance", "quantity_tolerance"):
        given = getattr(command, name)
        if given is not None:
            setattr(settings, name, given)
    if command.unlimited_credit:
        settings.default_credit_limit = None
    work.session.flush()
    release_all_fitting(work)
    return _view(settings)


def _view(settings: Settings) -> contract.SettingsView:
    return contract.SettingsView(
        version=settings.version or 1,
        default_credit_limit=settings.default_credit_limit,
        price_tolerance=settings.price_tolerance,
        quantity_tolerance=settings.quantity_tolerance,
        closed_upto=settings.closed_upto,
    )
