"""The base of logistics' tables."""

from shared.storage.rows import Row, service_metadata


class Base(Row):
    """Every row of logistics."""

    metadata = service_metadata()
