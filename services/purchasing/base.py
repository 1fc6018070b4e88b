"""The base of purchasing's tables."""

from shared.storage.rows import Row, service_metadata


class Base(Row):
    """Every row of purchasing."""

    metadata = service_metadata()
