"""Base classes of the services' rows: every row belongs to a company."""

from typing import Any

from sqlalchemy import MetaData, String
from sqlalchemy.orm import Mapped, MappedAsDataclass, declared_attr, mapped_column

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}


def service_metadata() -> MetaData:
    """The metadata of one service's tables, with stable constraint names for its migrations."""
    return MetaData(naming_convention=_NAMING)


class CompanyRow(MappedAsDataclass, kw_only=True):
    """A row of one company; the unit of work fills `company` in."""

    company: Mapped[str] = mapped_column(String(16), init=False, default="")


class VersionedRow(CompanyRow, kw_only=True):
    """A row whose `version` grows by one with each change: the strong ETag, and the guard against lost updates."""

    version: Mapped[int] = mapped_column(init=False, default=None)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """SQLAlchemy counts the version and refuses a change of a row that another changed meanwhile."""
        return {"version_id_col": cls.version}
