"""The base of identity's tables."""

from shared.storage.rows import Row, service_metadata


class Base(Row):
    """Every row of identity."""

    metadata = service_metadata()
