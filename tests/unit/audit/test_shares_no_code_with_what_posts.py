"""The proof proves nothing if it reckons with the same code as what it checks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.commands import proof

ALLOWED = ("services.commands.proof", "services.commands.client", "services.commands.patience", "shared.contracts")
"""How a gateway is called and what its lists are named; everything else of ours reckons."""
OURS = ("services", "shared", "gateway", "deploy", "tests")


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file.name} imports by a relative path"
            yield node.module or ""


@pytest.mark.parametrize("file", sorted(Path(proof.__path__[0]).glob("*.py")), ids=lambda file: file.name)
def test_the_proof_shares_no_code_with_what_posts(file: Path) -> None:
    ours = [name for name in _imports(file) if name.split(".")[0] in OURS]
    assert [name for name in ours if not name.startswith(ALLOWED)] == []
