"""A customer's limit and exposure."""

from decimal import Decimal

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Id


class CreditAccount(CompanyRow, Base):
    """A customer's credit in base currency: `exposure` is `open_orders` and `receivables` (its ledger balance).

    Whoever changes the customer's orders or open items holds this row's lock first, so they take turns.
    """

    __tablename__ = "credit_accounts"

    id: Mapped[Id] = column(primary_key=True)
    own_limit: Mapped[bool] = column(default=False)
    limit: Mapped[Amount | None] = column(default=None)
    open_orders: Mapped[Amount] = column(default=Decimal(0))
    receivables: Mapped[Amount] = column(default=Decimal(0))

    @property
    def exposure(self) -> Decimal:
        """Open orders and receivables."""
        return self.open_orders + self.receivables
