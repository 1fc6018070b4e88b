"""Business rules know no framework, no storage and no message: `rules.py` imports values and numbers only."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NUMERIC = {"numpy", "scipy"}
RULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("services/*/**/rules.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def is_pure(module: str) -> bool:
    top = module.split(".", maxsplit=1)[0]
    return top in NUMERIC or top in sys.stdlib_module_names or f"{module}.".startswith("shared.kernel.")


def is_beside(module: str, rules: Path) -> bool:
    """Rules too long for one file are split into pure files of the same folder, held to the same."""
    package, _, name = module.rpartition(".")
    sibling = rules.with_name(f"{name}.py")
    return package == ".".join(rules.parent.relative_to(ROOT).parts) and sibling.exists() and not impure(sibling)


def impure(rules: Path) -> list[str]:
    return [module for module in imported(rules) if not is_pure(module) and not is_beside(module, rules)]


@pytest.mark.parametrize("rules", RULES)
def test_rules_import_only_values_and_numbers(rules: str):
    assert impure(ROOT / rules) == []


def test_an_impure_import_would_be_seen(tmp_path: Path):
    rules = tmp_path / "rules.py"
    rules.write_text("import json\nfrom shared.kernel.money import ZERO\nfrom sqlalchemy import select\nimport kombu\n")
    assert [module for module in imported(rules) if not is_pure(module)] == ["sqlalchemy", "kombu"]
