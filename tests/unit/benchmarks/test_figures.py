"""What a figure is judged by."""

import json
from pathlib import Path

from tests.benchmarks.clients import percentile
from tests.benchmarks.figures import Figure, Target, table, write
from tests.benchmarks.year import Mark, months


def test_a_target_is_of_the_value_or_of_the_ratio() -> None:
    assert Figure("rate", 90, "lives/s", 0.001, Target(80)).met is True
    assert Figure("rate", 90, "lives/s", 0.001, Target(0.004, "ratio")).met is False
    assert Figure("wait", 150, "ms", None, Target(150, most=True)).met is True
    assert Figure("wait", 151, "ms", None, Target(150, most=True)).met is False


def test_without_a_ratio_a_target_of_the_ratio_is_neither_met_nor_missed() -> None:
    assert Figure("rate", 90, "lives/s", None, Target(2, "ratio")).met is None
    assert Figure("rate", 90, "lives/s").met is None


def test_a_missed_target_stands_out_in_the_table() -> None:
    lines = table([Figure("rate", 12.5, "lives/s", 0.25, Target(80), "one core")]).splitlines()
    assert lines[0].split() == ["figure", "value", "unit", "ratio", "target", "met", "note"]
    assert lines[1].split() == ["rate", "12.5", "lives/s", "0.25", ">=", "80", "NO", "one", "core"]


def test_a_run_leaves_its_figures_with_their_circumstances(tmp_path: Path) -> None:
    write(tmp_path / "new" / "run.json", [Figure("rate", 12.5, "lives/s")], {"cores": 2})
    left = json.loads((tmp_path / "new" / "run.json").read_text())
    assert left["cores"] == 2
    assert left["figures"][0] | {"note": ""} == {
        "figure": "rate", "value": 12.5, "unit": "lives/s", "ratio": None, "target": None, "met": None, "note": "",
    }  # fmt: skip


def test_percentiles_are_values_that_were_measured() -> None:
    waits = [float(number) for number in range(100, 0, -1)]
    assert [percentile(waits, share) for share in (0.5, 0.99, 1.0)] == [50, 99, 100]
    assert percentile([7.0], 0.5) == 7


def test_months_end_with_their_last_day() -> None:
    said = [
        "2010-12-01      2,969 lines     10.5 s     283 lines/s",
        "2010-12-23      5,000 lines     20.0 s     250 lines/s",
        "2011-01-04      6,000 lines     23.5 s     255 lines/s",
        "every line of the file is in one bucket",
    ]
    assert list(months(said)) == [Mark("2010-12", 5000, 20.0), Mark("2011-01", 6000, 23.5)]
