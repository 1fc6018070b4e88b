"""The base of inventory's tables."""

from shared.storage.rows import Row, service_metadata


class Base(Row):
    """Every row of inventory."""

    metadata = service_metadata()
