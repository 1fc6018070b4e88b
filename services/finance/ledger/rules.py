"""Double entry: lines, entries that balance, and the two ways to reverse one.

Every line holds its amount in document currency and in the company's base currency. An `Entry` that exists is
balanced, in each document currency and in base.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from shared.kernel.errors import DomainError
from shared.kernel.money import ZERO, round_money, smallest_unit


class UnbalancedEntry(DomainError):
    """An entry's debits and credits differ, in a document currency or in base (422)."""

    code = "unbalanced_entry"
    status = 422


@dataclass(frozen=True)
class Line:
    """One side of one account: a debit or a credit, in `currency` and in base; negative on either side is red (红字).

    `party` is the customer, supplier or employee the amount is owed by or to, where the account is kept by party.
    """

    account: str
    debit: Decimal
    credit: Decimal
    currency: str
    base_debit: Decimal
    base_credit: Decimal
    party: str = ""

    @property
    def amount(self) -> Decimal:
        """Debit less credit, in document currency."""
        return self.debit - self.credit

    @property
    def base(self) -> Decimal:
        """Debit less credit, in base currency."""
        return self.base_debit - self.base_credit


@dataclass(frozen=True)
class Entry:
    """A journal entry (凭证). Raises UnbalancedEntry on creation where it does not balance or a line has two sides."""

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        """Check the balance, so that no unbalanced entry can be made."""
        check_balanced(self.lines)


def debit(account: str, amount: Decimal, currency: str, base: Decimal | None = None, party: str = "") -> Line:
    """A debit line; `base` is its amount in base currency, the same amount where left out."""
    return Line(account, amount, ZERO, currency, amount if base is None else base, ZERO, party)


def credit(account: str, amount: Decimal, currency: str, base: Decimal | None = None, party: str = "") -> Line:
    """A credit line; `base` is its amount in base currency, the same amount where left out."""
    return Line(account, ZERO, amount, currency, ZERO, amount if base is None else base, party)


def signed(account: str, amount: Decimal, currency: str, base: Decimal | None = None, party: str = "") -> Line:
    """A line on the side its sign tells: a debit of `amount`, or a credit of what it is below zero.

    `base` has the same sign as `amount`; with an amount of zero, its own sign tells.
    """
    base = amount if base is None else base
    if (amount or base) >= 0:
        return debit(account, amount, currency, base, party)
    return credit(account, -amount, currency, -base, party)


def to_base(amount: Decimal, rate: Decimal, base_currency: str) -> Decimal:
    """`amount` at `rate` (base per one unit of document currency), rounded half up in base currency."""
    return round_money(amount * rate, base_currency)


def entry(lines: Iterable[Line]) -> Entry:
    """An entry of those `lines` that are not zero. Raises UnbalancedEntry."""
    return Entry(tuple(line for line in lines if line.amount or line.base))


def converted(lines: Iterable[Line], rate: Decimal, base_currency: str, rounding: str) -> Entry:
    """An entry of document-currency `lines`, their base amounts set at `rate`.

    What rounding each line leaves over in base (at most half a smallest unit a line) goes to the account
    `rounding` (尾差), as a line that is zero in document currency. Raises UnbalancedEntry.
    """
    based = [
        replace(
            line,
            base_debit=to_base(line.debit, rate, base_currency),
            base_credit=to_base(line.credit, rate, base_currency),
        )
        for line in lines
    ]
    left = sum((line.base for line in based), ZERO)
    if left and abs(left) <= smallest_unit(base_currency) * len(based):
        based.append(signed(rounding, ZERO, based[0].currency, -left))
    return entry(based)


def check_balanced(lines: Iterable[Line]) -> None:
    """Let only a balanced entry pass.

    Raises UnbalancedEntry where debits and credits differ in a currency or in base, a line has two sides, or there
    are no lines.
    """
    by_currency: dict[str, Decimal] = {}
    base, none = ZERO, True
    for line in lines:
        if (line.debit or line.base_debit) and (line.credit or line.base_credit):
            raise UnbalancedEntry(f"a line of account {line.account} has both a debit and a credit")
        by_currency[line.currency] = by_currency.get(line.currency, ZERO) + line.amount
        base, none = base + line.base, False
    off = {currency: amount for currency, amount in (*by_currency.items(), ("base", base)) if amount}
    if off or none:
        raise UnbalancedEntry(f"debits less credits: {off}" if off else "an entry needs lines")


def red(original: Entry) -> Entry:
    """The red-letter reversal (红字冲销): every amount negative on its own side, so turnover shrinks too."""
    return Entry(
        tuple(
            replace(
                line,
                debit=-line.debit,
                credit=-line.credit,
                base_debit=-line.base_debit,
                base_credit=-line.base_credit,
            )
            for line in original.lines
        )
    )


def mirrored(original: Entry) -> Entry:
    """The reversal by the other side (反向冲销): debits become credits and credits debits."""
    return Entry(
        tuple(
            replace(
                line,
                debit=line.credit,
                credit=line.debit,
                base_debit=line.base_credit,
                base_credit=line.base_debit,
            )
            for line in original.lines
        )
    )
