"""The base of finance's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.storage.rows import service_metadata


class Base(DeclarativeBase):
    """Every row of finance."""

    metadata = service_metadata()
