"""Fixtures of inventory's tests."""

from pathlib import Path

import pytest

from tests.unit.inventory.stockroom import Stockroom


@pytest.fixture
def room(tmp_path: Path) -> Stockroom:
    return Stockroom(tmp_path)
