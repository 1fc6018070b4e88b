"""The replay's report: figures, buckets, rules, and what was booked held against file and ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.commands.living.figures import Figures
from services.commands.living.outcome import Booked
from services.commands.trade.buckets import Bucket, Counts, Tally
from shared.kernel.money import ZERO


@dataclass(frozen=True)
class Agreement:
    """A sum that must be the same on two sides."""

    what: str
    expected: Decimal
    found: Decimal

    @property
    def holds(self) -> bool:
        """Whether they are the same."""
        return self.expected == self.found


def agreements(slice_: Tally, counts: Counts, booked: Booked, figures: Figures) -> list[Agreement]:
    """File against buckets, buckets against what was booked, and that against the ledger."""
    adjusted, total, refused = booked.adjusted, counts.total, counts.bucket(Bucket.REFUSED)
    revenue = sum(
        (
            booked.sold,
            booked.services,
            booked.cancelled,
            booked.returned,
            -figures.open_orders,
            adjusted.get("goods_credit", ZERO),
            adjusted.get("discount", ZERO),
        ),
        ZERO,
    )
    owed = booked.total - figures.open_orders - booked.cash_in
    return [
        Agreement("lines of the file in buckets", Decimal(slice_.lines), Decimal(total.lines)),
        Agreement("value of the file in buckets", slice_.value, total.value),
        Agreement("booked of what was not refused", total.booked - refused.booked, booked.total),
        Agreement("sales revenue (6001)", revenue, figures.balances.get("6001", ZERO)),
        Agreement(
            "other revenue (6051)",
            adjusted.get("fee", ZERO) + adjusted.get("manual", ZERO),
            figures.balances.get("6051", ZERO),
        ),
        Agreement("fees borne (6603.03)", adjusted.get("fee_borne", ZERO), figures.balances.get("6603.03", ZERO)),
        Agreement("bad debts (6702)", adjusted.get("bad_debt", ZERO), figures.balances.get("6702", ZERO)),
        Agreement("receivables (1122)", owed, figures.receivables),
    ]


def lines(counts: Counts, booked: Booked, figures: Figures, agreed: list[Agreement]) -> Iterator[str]:
    """The report, line by line."""
    yield from _figures(booked, figures)
    yield ""
    yield from _buckets(counts)
    yield ""
    yield from _rules(counts)
    yield ""
    for each in agreed:
        mark = "agrees" if each.holds else f"DIFFERS by {each.found - each.expected:,}"
        yield f"{each.what:<36}{each.expected:>18,} {each.found:>18,}  {mark}"


def _figures(booked: Booked, figures: Figures) -> Iterator[str]:
    wanted = booked.lines - booked.cancelled_lines
    filled = Decimal(wanted - booked.short_lines) / wanted if wanted else None
    yield f"{figures.first} to {figures.last}, in GBP"
    yield _row("orders", f"{booked.orders:,}")
    yield _row("order lines of goods", f"{booked.lines:,}", f"{booked.cancelled_lines:,} cancelled")
    yield _row("fill rate", _percent(filled), f"{booked.short_lines:,} lines waited for goods")
    yield _row("held for credit and released", f"{booked.held:,}")
    yield _row("revenue", _money(figures.revenue))
    yield _row("cost of sales", _money(figures.cost))
    yield _row("margin", _percent(figures.margin))
    yield _row("stock turns a year", f"{figures.turns:.2f}" if figures.turns is not None else "-")
    yield _row("stock", _money(figures.stock), f"{_money(figures.average_stock)} on average")
    yield _row("purchases invoiced", _money(booked.purchased), f"{booked.purchase_orders:,} orders")
    yield _row("approved by a second person", f"{booked.second_approvals:,}")
    yield _row("supplier invoices accepted after a look", f"{booked.exceptions:,}")
    yield _row("cash", _money(figures.cash), f"in {_money(booked.cash_in)}, out {_money(booked.cash_out)}")
    yield _row("open receivables", _money(figures.receivables))
    yield _row("open payables", _money(figures.payables))
    yield _row("ordered and not invoiced", _money(figures.open_orders))


def _buckets(counts: Counts) -> Iterator[str]:
    yield f"{'bucket':<28}{'lines':>10}{'value':>20}{'to the cent':>20}{'rounding':>12}"
    for bucket in Bucket:
        yield _tally(bucket.value, counts.bucket(bucket))
    yield _tally("all", counts.total)


def _rules(counts: Counts) -> Iterator[str]:
    yield f"{'rule':<28}{'lines':>10}{'value':>20}{'to the cent':>20}{'rounding':>12}"
    for rule, tally in counts.rules.items():
        if tally.lines:
            yield _tally(rule.value, tally)
    for reason, times in sorted(counts.reasons.items()):
        yield f"  refused: {reason:<17}{times:>10,}"
    for note, times in sorted(counts.notes.items()):
        yield f"  noted: {note.value:<19}{times:>10,}"


def _tally(name: str, tally: Tally) -> str:
    return f"{name:<28}{tally.lines:>10,}{tally.value:>20,}{tally.booked:>20,}{tally.rounding:>12}"


def _row(name: str, value: str, more: str = "") -> str:
    return f"{name:<40}{value:>18}  {more}".rstrip()


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _percent(share: Decimal | None) -> str:
    return f"{share:.2%}" if share is not None else "-"
