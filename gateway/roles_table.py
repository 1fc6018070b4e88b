"""Every role and every operation in one table, as kept in git.

`python -m gateway.roles_table docs/roles.md` writes it; a test holds it against roles and contracts.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gateway.catalogue import published
from gateway.identity.roles import ROLES
from shared.contracts.operations import PUBLIC, SESSION, SIGNED_IN, Contract, Operation

OPEN = frozenset({PUBLIC, SIGNED_IN, SESSION})
_HEAD = """# Who may do what

Made by `python -m gateway.roles_table docs/roles.md` from `gateway/identity/roles.py` and the contracts; a test fails
where it is out of date. ● the role may carry out the operation. Operations open to anyone, or to whoever is signed in,
are left out. Which fields are masked: only roles with `see:cost` and `see:personal` see what the contracts mark so.

"""


def roles_table(contracts: Iterable[Contract]) -> str:
    """The page."""
    parts = [_HEAD, "## Scopes of the roles\n\n", *(_scopes(role) for role in ROLES)]
    for contract in contracts:
        parts += [f"\n## {contract.zh} · {contract.en}\n\n", _row("operation", "scope", *ROLES), _row(*["---"] * 11)]
        parts += [_line(operation) for operation in contract.operations.values() if operation.scope not in OPEN]
    return "".join(parts)


def _scopes(role: str) -> str:
    return f"- **{role}**: {', '.join(f'`{scope}`' for scope in sorted(ROLES[role]))}\n"


def _line(operation: Operation[Any, Any]) -> str:
    marks = ("●" if operation.scope in scopes else "" for scopes in ROLES.values())
    return _row(f"{operation.name} {operation.zh}", f"`{operation.scope}`", *marks)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(roles_table(published()), encoding="utf-8")
