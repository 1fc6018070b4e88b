"""The base of purchasing's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.storage.rows import service_metadata


class Base(DeclarativeBase):
    """Every row of purchasing."""

    metadata = service_metadata()
