"""The reader is exact, streams, and names the row and column of what it cannot read."""

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from services.commands.trade.lines import COLUMNS, BrokenRow, check, parse, read
from tests.unit.trade.sheet import lines, row

HEADER = ",".join(COLUMNS)


def test_a_line_keeps_its_exact_numbers_and_both_spellings_of_its_code():
    line = lines(row("536365", "85123a", 6, "2.550", customer="17850.0", description=" WHITE  HEART "))[0]
    assert (line.row, line.code, line.item, line.description) == (1, "85123a", "85123A", "WHITE HEART")
    assert (line.quantity, line.price, line.value) == (Decimal(6), Decimal("2.550"), Decimal("15.30"))
    assert (line.customer, line.at.isoformat()) == ("17850", "2011-03-01T10:00:00")


def test_no_customer_is_nobody():
    assert lines(row("536365", customer=""))[0].customer is None


def test_month_first_dates_of_the_repository_s_own_csv_are_read():
    assert lines(row("536365", at="12/1/2010 8:26"))[0].at.isoformat() == "2010-12-01T08:26:00"


@pytest.mark.parametrize(
    ("broken", "column"),
    [
        (row("536365", quantity="six"), "Quantity"),
        (row("536365", quantity=""), "Quantity"),
        (row("536365", price="NaN"), "UnitPrice"),
        (row("536365", price="1e9"), "UnitPrice"),
        (row("536365", price="0." + "1" * 30), "UnitPrice"),
        (row("536365", price="\u0661"), "UnitPrice"),
        (row("536365", at="yesterday"), "InvoiceDate"),
        (row("536365", at="13/13/2010 8:26"), "InvoiceDate"),
        (row("536365", at="2011-03-01T10:00:00+00:00"), "InvoiceDate"),
        (row(""), "InvoiceNo"),
        (row("536365", " "), "StockCode"),
        (row("536365", country=""), "Country"),
        (row("536365")[:7], "row"),
        ((), "row"),
    ],
)
def test_a_broken_row_is_named_with_its_column(broken: tuple[str, ...], column: str):
    with pytest.raises(BrokenRow) as error:
        list(parse([COLUMNS, row("536365"), broken]))
    assert (error.value.row, error.value.column) == (2, column)
    assert error.value.faults[0].pointer == f"/2/{column}"


def test_another_header_is_refused():
    with pytest.raises(BrokenRow, match="header"):
        list(parse([("Invoice", "Code")]))


@pytest.mark.parametrize("name", ["trade.csv", "trade.csv.gz"])
def test_plain_and_compressed_files_read_alike(tmp_path: Path, name: str):
    content = f"\ufeff{HEADER}\n1,2,A,3,2011-03-01 10:00:00,0.5,,France\n".encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    assert [line.value for line in read(path)] == [Decimal("1.5")]
    assert check(path) == 1


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n1,2,\xa3,3,2011-03-01 10:00:00,0.5,,France\n".encode("latin-1"),
        f'{HEADER}\n1,2,"A,3,2011-03-01 10:00:00,0.5,,France\n'.encode(),
    ],
)
def test_bytes_and_quotes_that_cannot_be_read_are_a_broken_row(tmp_path: Path, content: bytes):
    path = tmp_path / "trade.csv"
    path.write_bytes(content)
    with pytest.raises(BrokenRow):
        check(path)


def test_a_truncated_archive_is_a_broken_row(tmp_path: Path):
    path = tmp_path / "trade.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n".encode())[:-9])
    with pytest.raises(BrokenRow):
        check(path)


def test_the_check_before_the_first_effect_finds_a_day_out_of_order(tmp_path: Path):
    path = tmp_path / "trade.csv"
    rows = [row("1", at="2011-03-02 10:00:00"), row("2", at="2011-03-01 10:00:00")]
    path.write_text("\n".join([HEADER, *(",".join(one) for one in rows)]))
    with pytest.raises(BrokenRow, match="row 2, InvoiceDate"):
        check(path)
