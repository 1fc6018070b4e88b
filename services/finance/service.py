"""Finance: what it can do, one line per capability."""

from services.finance.base import Base
from services.finance.parties import handlers as parties
from shared.contracts.finance import CONTRACT
from shared.runtime.registry import Service

SERVICE = Service.of(
    CONTRACT,
    Base,
    (
        parties,  # F2 往来单位
    ),
)
