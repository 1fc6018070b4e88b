"""Closing periods and opening them again, in order."""

from datetime import date, timedelta

from sqlalchemy import func, select

from services.finance.ledger.tables import LedgerEntry
from services.finance.periods.rules import first_open, span_of
from services.finance.periods.tables import Period, PeriodState
from services.finance.settings.lookup import take_books
from shared.contracts import finance as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_COLUMNS = {"id": Period.id, "period": Period.period, "state": Period.state}


@handles(contract.close_period)
def close_period(work: UnitOfWork, command: contract.PeriodName) -> contract.PeriodView:
    """Close a period (结账): the first that was posted in, or the one after the last closed."""
    first, last = span_of(command.period)
    settings = take_books(work)
    if settings.closed_upto and last <= settings.closed_upto:
        raise Conflict(f"{command.period} is closed already", code="period_closed")
    if first > work.business_date:
        raise Conflict(f"{command.period} has not begun", code="period_ahead")
    due = _next_to_close(work, settings.closed_upto)
    if due and first > due:
        raise Conflict(f"{due:%Y-%m} is to be closed first", code="periods_in_order")
    settings.closed_upto = last
    work.emit(contract.period_closed, contract.PeriodClosed(period=command.period, closed_upto=last))
    return _view(_kept(work, command.period, "closed"))


@handles(contract.reopen_period)
def reopen_period(work: UnitOfWork, command: contract.PeriodName) -> contract.PeriodView:
    """Open the last closed period again (反结账)."""
    first, last = span_of(command.period)
    settings = take_books(work)
    if not settings.closed_upto or settings.closed_upto < last:
        raise Conflict(f"{command.period} is open", code="period_open")
    if settings.closed_upto != last:
        raise Conflict("later periods are to be opened first", code="periods_in_order")
    settings.closed_upto = first - timedelta(days=1)
    return _view(_kept(work, command.period, "open"))


@handles(contract.list_periods)
def list_periods(work: UnitOfWork, query: ListQuery) -> Page[contract.PeriodView]:
    """Periods that were closed at least once."""
    return page(work.session, work.select(Period), query, _COLUMNS, _view)


def _next_to_close(work: UnitOfWork, closed: date | None) -> date | None:
    """The first day of the period whose turn it is; None where nothing was ever posted or closed."""
    if closed:
        return first_open(closed)
    earliest = work.session.scalar(
        select(func.min(LedgerEntry.effective_on)).where(LedgerEntry.company == work.company)
    )
    return earliest.replace(day=1) if earliest else None


def _kept(work: UnitOfWork, name: str, state: PeriodState) -> Period:
    first, last = span_of(name)
    period = work.find(Period, period=name)
    if period is None:
        period = work.add(
            Period(
                id=work.new_id(),
                period=name,
                from_on=first,
                to_on=last,
                state=state,
                decided_on=work.business_date,
                decided_by=work.context.actor,
            )
        )
    period.state, period.decided_on, period.decided_by = state, work.business_date, work.context.actor
    return period


def _view(period: Period) -> contract.PeriodView:
    return contract.PeriodView(
        id=period.id,
        period=period.period,
        from_on=period.from_on,
        to_on=period.to_on,
        state=period.state,
        decided_on=period.decided_on,
        decided_by=period.decided_by,
    )
