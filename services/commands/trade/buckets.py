"""Where each row of the file ends: one rule, hence one bucket, and the counts that prove nothing was lost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from shared.kernel.money import ZERO, round_money

CURRENCY = "GBP"


class Bucket(StrEnum):
    """The five ends a row can have; every row has exactly one."""

    SOLD = "sold"
    RETURNED = "returned"
    SERVICE = "service"
    ADJUSTMENT = "adjustment"
    REFUSED = "refused"


class Rule(StrEnum):
    """Why a row is in its bucket; docs/trade.md tells each rule with its count on the real file."""

    GOODS = "goods"
    FREE_TO_CUSTOMER = "free_to_customer"
    FREE_IN_ANONYMOUS_SALE = "free_in_anonymous_sale"
    CANCELLED_SAME_DAY = "cancelled_same_day"
    RETURNED = "returned"
    RETURNED_AT_OTHER_PRICE = "returned_at_other_price"
    RETURNED_IN_PART = "returned_in_part"
    POSTAGE = "postage"
    DOTCOM_POSTAGE = "dotcom_postage"
    CARRIAGE = "carriage"
    BANK_CHARGES = "bank_charges"
    AMAZON_FEE = "amazon_fee"
    SAMPLES = "samples"
    COMMISSION = "commission"
    GIFT_VOUCHER = "gift_voucher"
    DISCOUNT = "discount"
    MANUAL = "manual"
    BAD_DEBT = "bad_debt"
    CREDIT_WITHOUT_ORIGINAL = "credit_without_original"
    STOCK_WRITTEN_OFF = "stock_written_off"
    STOCK_FOUND = "stock_found"
    REFUSED = "refused"


class Note(StrEnum):
    """What else is remarkable about a row; a row has any number of them."""

    CASE_VARIANT = "case_variant"
    ANONYMOUS = "anonymous"
    DUPLICATE = "duplicate"
    NO_DESCRIPTION = "no_description"
    NOTHING_TO_BOOK = "nothing_to_book"
    SEVERAL_ORIGINALS = "several_originals"
    LATE_TIMESTAMP = "late_timestamp"


_RULES = {
    Bucket.SOLD: (Rule.GOODS, Rule.FREE_TO_CUSTOMER, Rule.FREE_IN_ANONYMOUS_SALE),
    Bucket.RETURNED: (
        Rule.CANCELLED_SAME_DAY,
        Rule.RETURNED,
        Rule.RETURNED_AT_OTHER_PRICE,
        Rule.RETURNED_IN_PART,
    ),
    Bucket.SERVICE: (
        Rule.POSTAGE,
        Rule.DOTCOM_POSTAGE,
        Rule.CARRIAGE,
        Rule.BANK_CHARGES,
        Rule.AMAZON_FEE,
        Rule.SAMPLES,
        Rule.COMMISSION,
        Rule.GIFT_VOUCHER,
    ),
    Bucket.ADJUSTMENT: (
        Rule.DISCOUNT,
        Rule.MANUAL,
        Rule.BAD_DEBT,
        Rule.CREDIT_WITHOUT_ORIGINAL,
        Rule.STOCK_WRITTEN_OFF,
        Rule.STOCK_FOUND,
    ),
    Bucket.REFUSED: (Rule.REFUSED,),
}
BUCKET_OF = {rule: bucket for bucket, rules in _RULES.items() for rule in rules}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row's end: its rule and exact value; `reason` is given when it is refused."""

    row: int
    rule: Rule
    value: Decimal
    notes: tuple[Note, ...] = ()
    reason: str | None = None

    @property
    def bucket(self) -> Bucket:
        return BUCKET_OF[self.rule]

    def refuse(self, reason: str) -> "Verdict":
        """The same row, refused after all, as when the running company says no to its move."""
        return replace(self, rule=Rule.REFUSED, reason=reason)


@dataclass(slots=True)
class Tally:
    """Lines and values of one rule, bucket or file: exact, and as the books round them, per line to the cent."""

    lines: int = 0
    value: Decimal = ZERO
    booked: Decimal = ZERO

    def add(self, value: Decimal) -> None:
        self.lines += 1
        self.value += value
        self.booked += round_money(value, CURRENCY)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.lines + other.lines, self.value + other.value, self.booked + other.booked)

    @property
    def rounding(self) -> Decimal:
        """What rounding each line to the cent adds to the exact value."""
        return self.booked - self.value


@dataclass(slots=True)
class Counts:
    """What became of a file, rule by rule; feed it each day's final verdicts."""

    rules: dict[Rule, Tally] = field(default_factory=lambda: {rule: Tally() for rule in Rule})
    notes: Counter[Note] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self.rules[verdict.rule].add(verdict.value)
            self.notes.update(verdict.notes)
            if verdict.reason is not None:
                self.reasons[verdict.reason] += 1

    def bucket(self, bucket: Bucket) -> Tally:
        """Lines and value of one bucket."""
        return sum((self.rules[rule] for rule in _RULES[bucket]), Tally())

    @property
    def total(self) -> Tally:
        """Lines and value of all: equal to the file's, whatever was refused."""
        return sum(self.rules.values(), Tally())
