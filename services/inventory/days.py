"""The day a document bears."""

from datetime import date

from shared.kernel.errors import Forbidden, InvalidInput
from shared.runtime.work import UnitOfWork


def day_of(work: UnitOfWork, given: date | None, pointer: str) -> date:
    """The given day, or the business date where none is given.

    Raises InvalidInput `in_the_future`, and Forbidden for the past without the scope `business-date:set`.
    """
    if given is None or given == work.business_date:
        return work.business_date
    if given > work.business_date:
        raise InvalidInput.at(pointer, "in_the_future", f"{given} is after {work.business_date}")
    if not work.context.may("business-date:set"):
        raise Forbidden(f"{given} is before {work.business_date}; that needs the scope business-date:set")
    return given
