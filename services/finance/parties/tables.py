"""Read copies of customers and suppliers."""

from sqlalchemy.orm import Mapped, mapped_column

from services.finance.base import Base
from shared.storage.rows import CompanyRow
from shared.storage.types import Currency, Id, Json, Key, ShortText


class Party(CompanyRow, Base, kw_only=True):
    """A customer or a supplier, as of `sequence` of its owner's facts."""

    __tablename__ = "parties"

    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Key]
    code: Mapped[Key]
    name: Mapped[ShortText]
    currency: Mapped[Currency]
    terms: Mapped[Json]
    sequence: Mapped[int]
