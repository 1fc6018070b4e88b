"""Alembic's environment, the same for every history: runs on the connection it is handed."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from shared.storage.types import Exact, Instant

_OWN_TYPES = (Exact, Instant)


def _render(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write Huotong's own column types by their name in migrations."""
    if kind == "type" and isinstance(item, _OWN_TYPES):
        autogen_context.imports.add("from shared.storage import types")
        argument = item.scale if isinstance(item, Exact) else ""
        return f"types.{type(item).__name__}({argument})"
    return False


def _own(name: str | None, kind: str, _parents: object) -> bool:
    """Look at this history's tables only; the database has the other history's too."""
    return kind != "table" or name in history.metadata.tables


history = context.config.attributes["history"]
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=history.metadata,
    version_table=history.version_table,
    include_name=_own,
    render_item=_render,
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
