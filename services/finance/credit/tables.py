"""A customer's limit and exposure."""

from decimal import Decimal

from sqlalchemy.orm import Mapped, mapped_column

from services.finance.base import Base
from shared.storage.rows import CompanyRow
from shared.storage.types import Amount, Id


class CreditAccount(CompanyRow, Base, kw_only=True):
    """A customer's credit in base currency: `exposure` is `open_orders` and `receivables` (its ledger balance).

    Whoever changes the customer's orders or open items holds this row's lock first, so they take turns.
    """

    __tablename__ = "credit_accounts"

    id: Mapped[Id] = mapped_column(primary_key=True)
    own_limit: Mapped[bool] = mapped_column(default=False)
    limit: Mapped[Amount | None] = mapped_column(default=None)
    open_orders: Mapped[Amount] = mapped_column(default=Decimal(0))
    receivables: Mapped[Amount] = mapped_column(default=Decimal(0))

    @property
    def exposure(self) -> Decimal:
        """Open orders and receivables."""
        return self.open_orders + self.receivables
