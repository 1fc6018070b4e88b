"""The base of inventory's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.storage.rows import service_metadata


class Base(DeclarativeBase):
    """Every row of inventory."""

    metadata = service_metadata()
