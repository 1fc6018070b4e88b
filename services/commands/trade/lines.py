"""Reads order lines in the "Online Retail" layout, exactly and one at a time, and names what is broken."""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from shared.kernel.errors import Fault, InvalidInput

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_AMERICAN_DATE = "%m/%d/%Y %H:%M"


class BrokenRow(InvalidInput):
    """A row that cannot be read: nothing of the file is replayed. Names the row (1 is the first below the header)."""

    code = "broken_row"

    def __init__(self, row: int, column: str, message: str) -> None:
        super().__init__(f"row {row}, {column}: {message}", faults=[Fault(f"/{row}/{column}", self.code, message)])
        self.row = row
        self.column = column


@dataclass(frozen=True, slots=True)
class TradeLine:
    """One row of the file as it stands there, with exact numbers; `item` is its code with case set aside."""

    row: int
    invoice: str
    code: str
    item: str
    description: str
    quantity: Decimal
    at: datetime
    price: Decimal
    customer: str | None
    country: str

    @property
    def value(self) -> Decimal:
        """Quantity times unit price, unrounded: what the buckets' sums are made of."""
        return self.quantity * self.price


def read(path: Path) -> Iterator[TradeLine]:
    """The lines of a `.csv` or `.csv.gz`, UTF-8, streamed. Raises BrokenRow at the first row it cannot read."""
    with _open(path) as file:
        yield from parse(csv.reader(file, strict=True))


def check(path: Path) -> int:
    """Read the whole file before its first effect and return its number of lines. Raises BrokenRow."""
    return sum(1 for _ in in_date_order(read(path)))


def parse(rows: Iterable[Sequence[str]]) -> Iterator[TradeLine]:
    """Lines from split rows, the header first. Raises BrokenRow, also for bytes or quotes that cannot be read."""
    number = 0
    try:
        for number, fields in enumerate(rows):
            if number:
                yield _line(number, fields)
            else:
                _check_header(fields)
    except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile) as error:
        raise BrokenRow(number + 1, "file", f"cannot be read: {error}") from error


def in_date_order(lines: Iterable[TradeLine]) -> Iterator[TradeLine]:
    """The same lines, proven never to step back a day. Raises BrokenRow."""
    last = None
    for line in lines:
        day = line.at.date()
        if last is not None and day < last:
            raise BrokenRow(line.row, "InvoiceDate", f"{day} after {last}: rows must be in the order of their days")
        last = day
        yield line


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _check_header(fields: Sequence[str]) -> None:
    if tuple(fields) != COLUMNS:
        raise BrokenRow(0, "header", f"expected the columns {', '.join(COLUMNS)}")


def _line(row: int, fields: Sequence[str]) -> TradeLine:
    if len(fields) != len(COLUMNS):
        raise BrokenRow(row, "row", f"has {len(fields)} fields instead of {len(COLUMNS)}")
    invoice, code, description, quantity, at, price, customer, country = (field.strip() for field in fields)
    for column, value in (("InvoiceNo", invoice), ("StockCode", code), ("Country", country)):
        if not value:
            raise BrokenRow(row, column, "is empty")
    return TradeLine(
        row,
        invoice,
        code,
        code.upper(),
        " ".join(description.split()),
        _number(row, "Quantity", quantity),
        _moment(row, at),
        _number(row, "UnitPrice", price),
        customer.removesuffix(".0") or None,
        country,
    )


def _number(row: int, column: str, text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise BrokenRow(row, column, f"{text[:40]!r} is no decimal number of at most 12 + 12 digits")
    return Decimal(text)


def _american(text: str) -> datetime:
    return datetime.strptime(text, _AMERICAN_DATE)  # noqa: DTZ007 (the layout has local time, no zone)


def _moment(row: int, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if "/" not in text else _american(text)
    except ValueError as error:
        raise BrokenRow(row, "InvoiceDate", f"{text[:40]!r} is no date and time") from error
    if moment.tzinfo is not None:
        raise BrokenRow(row, "InvoiceDate", f"{text[:40]!r} names a time zone; the layout has local time")
    return moment
