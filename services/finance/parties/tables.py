"""Read copies of customers and suppliers."""

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Currency, Id, Json, Key, ShortText


class Party(CompanyRow, Base):
    """A customer or a supplier, as of `sequence` of its owner's facts."""

    __tablename__ = "parties"

    id: Mapped[Id] = column(primary_key=True)
    kind: Mapped[Key]
    code: Mapped[Key]
    name: Mapped[ShortText]
    currency: Mapped[Currency]
    terms: Mapped[Json]
    sequence: Mapped[int]
