"""A week of trade lived through the gateway, then the proof: an invented one on both runtimes, a real one where given.

`HUOTONG_TRADE=FILE` (`make test TRADE=FILE`) names a real file in the layout of "Online Retail".
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.commands import audit
from services.commands.living import report
from services.commands.living.day import Life
from services.commands.living.figures import figures
from services.commands.living.people import Clerk, CompanyInUse
from services.commands.proof.report import lines as proof_lines
from services.commands.replay import extent, live, main
from services.commands.trade.buckets import Bucket, Rule, Tally
from services.commands.trade.generate import write
from services.commands.trade.lines import read
from services.commands.trade.plan import Window, plan
from tests.flows.gateways import Gateway, distributed, embedded
from tests.servers import servers

__all__ = ["servers"]
DAYS = 7
REAL = os.environ.get("HUOTONG_TRADE", "")
WORLDS = [
    pytest.param(("embedded", "invented"), id="embedded"),
    pytest.param(("distributed", "invented"), id="distributed", marks=pytest.mark.servers),
    pytest.param(
        ("embedded", "real"), id="real", marks=pytest.mark.skipif(not REAL, reason="HUOTONG_TRADE names no file")
    ),
]


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest) -> tuple[str, str]:
    runtime, trade = request.param
    return runtime, trade


@pytest.fixture(scope="module")
def gateway(
    world: tuple[str, str], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("company")
    if world[0] == "embedded":
        with embedded(folder) as entrance:
            yield entrance
    else:
        with distributed(request.getfixturevalue("servers"), folder) as entrance:
            yield entrance


@pytest.fixture(scope="module")
def file(world: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    if world[1] == "real":
        return Path(REAL)
    path = tmp_path_factory.mktemp("trade") / "invented.csv"
    write(path, DAYS, seed=7)
    return path


@pytest.fixture(scope="module")
def life(gateway: Gateway, file: Path) -> Life:
    return live(gateway.enter, file, Window(days=DAYS), "WEEK", seed=1)


@pytest.fixture(scope="module")
def expected(file: Path) -> Tally:
    return extent(file, Window(days=DAYS))


def test_every_line_ends_in_one_bucket_and_the_values_sum_to_the_files(life: Life, expected: Tally) -> None:
    total = life.office.outcomes.counts.total
    assert (total.lines, total.value) == (expected.lines, expected.value)


def test_nothing_is_refused_but_writing_off_more_than_there_is(life: Life) -> None:
    assert set(life.office.outcomes.counts.reasons) <= {"insufficient_stock", "goods_not_handed_over"}


def test_all_else_ends_where_it_was_planned_to(life: Life, file: Path) -> None:
    planned = Counter(verdict.rule for day in plan(read(file), Window(days=DAYS)) for verdict in day.verdicts)
    found = {rule: tally.lines for rule, tally in life.office.outcomes.counts.rules.items()}
    refused = found.pop(Rule.REFUSED)
    assert all(found[rule] <= planned[rule] for rule in found)
    assert sum(planned.values()) - sum(found.values()) == refused
    assert all(life.office.outcomes.counts.bucket(bucket).lines for bucket in Bucket if bucket is not Bucket.REFUSED)


def test_file_bookings_ledger_and_balances_agree(life: Life, expected: Tally) -> None:
    found = figures(life.office, life.first_day)
    agreed = report.agreements(expected, life.office.outcomes.counts, life.office.booked, found)
    assert [each for each in agreed if not each.holds] == []


def test_the_proof_holds(life: Life) -> None:
    assert isinstance(life.office.staff.operator, Clerk)
    proof = audit.take(life.office.staff.operator.client)
    assert not proof.broken, "\n".join(proof_lines(proof))


def test_a_company_lives_a_file_only_once(gateway: Gateway, file: Path, life: Life) -> None:
    with pytest.raises(CompanyInUse, match="is there already"):
        live(gateway.enter, file, Window(days=1), life.office.code, seed=1)


def test_the_same_file_and_seed_come_to_the_same_figures(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    write(path, 2, seed=7)
    with embedded(tmp_path / "var") as gateway:
        lives = [live(gateway.enter, path, Window(days=2), code, seed=1) for code in ("TWIN-A", "TWIN-B")]
        found = [figures(each.office, each.first_day) for each in lives]
    assert lives[0].office.booked == lives[1].office.booked
    assert found[0] == found[1]


def test_over_four_months_terms_come_due_on_both_sides_and_the_books_still_agree(tmp_path: Path) -> None:
    week, spread = tmp_path / "week.csv", tmp_path / "spread.csv"
    write(week, 4, seed=7)
    spread.write_text(re.sub(r"2024-03-0(\d)", _later, week.read_text()))
    expected = extent(spread, Window())
    with embedded(tmp_path / "var") as gateway:
        life = live(gateway.enter, spread, Window(), "MONTHS", seed=1)
        agreed = report.agreements(
            expected, life.office.outcomes.counts, life.office.booked, figures(life.office, life.first_day)
        )
        assert isinstance(life.office.staff.operator, Clerk)
        proof = audit.take(life.office.staff.operator.client)
    assert not proof.broken, "\n".join(proof_lines(proof))
    assert [each for each in agreed if not each.holds] == []
    assert life.office.booked.cash_out > 0
    assert life.office.today.isoformat() == "2024-07-02"


def _later(day: re.Match[str]) -> str:
    """The n-th day of a week, forty days after the one before."""
    return (date(2024, 3, 4) + timedelta(days=40 * (int(day[1]) - 4))).isoformat()


def test_a_broken_row_stops_the_replay_before_its_first_effect(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "trade.csv"
    write(path, 1, seed=7)
    path.write_text(path.read_text() + "1,A,x,many,2024-03-04 10:00:00,1.0,,Eire\n")
    assert main([str(path), "--var", str(tmp_path / "var")]) == 2
    assert "Quantity: 'many' is no decimal number" in capsys.readouterr().err
    assert not (tmp_path / "var").exists()


def test_a_window_without_a_day_is_said_to_be_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trade.csv"
    write(path, 1, seed=7)
    assert main([str(path), "--from", "2031-01-01", "--var", str(tmp_path / "var")]) == 2
    assert "no day of the file" in capsys.readouterr().err


def test_a_company_in_two_processes_comes_to_the_same_as_one_in_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "trade.csv"
    write(path, 3, seed=7)
    told = []
    for processes in ("1", "2"):
        assert main([str(path), "--var", str(tmp_path / processes), "--processes", processes]) == 0
        told.append([line for line in capsys.readouterr().out.splitlines() if "lines/s" not in line])
    assert told[0][-1].startswith("proof holds")
    assert told[0] == told[1]
