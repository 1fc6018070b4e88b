"""The base of identity's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.storage.rows import service_metadata


class Base(DeclarativeBase):
    """Every row of identity."""

    metadata = service_metadata()
