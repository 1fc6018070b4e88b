"""The base of logistics' tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.storage.rows import service_metadata


class Base(DeclarativeBase):
    """Every row of logistics."""

    metadata = service_metadata()
