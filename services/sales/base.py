"""The base of sales' tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.storage.rows import service_metadata


class Base(DeclarativeBase):
    """Every row of sales."""

    metadata = service_metadata()
