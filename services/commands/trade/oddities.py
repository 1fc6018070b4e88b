"""Every odd kind of paper the real file has, each as a small function that drafts one on an invented day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from services.commands.trade.catalogue import HOME, Catalogue, Customer, Draft, Entry, Item, entry

NOBODY = Customer("", HOME)
BIG_INVOICE_LINES = 1_040

_FREE = Decimal("0.0")


@dataclass(frozen=True, slots=True)
class Scene:
    """What an oddity may draw on: the day, its luck, the company and the sales of the days before."""

    day: date
    random: Random
    company: Catalogue
    sold: Sequence[Draft]

    def at(self, hour: int) -> datetime:
        return datetime.combine(self.day, time(hour, self.random.randrange(40)))

    def item(self) -> Item:
        return self.random.choice(self.company.items)

    def customer(self) -> Customer:
        return self.random.choice(self.company.customers)

    def lines(self, number: int) -> list[Entry]:
        return [entry(self.random, item) for item in self.random.sample(self.company.items, number)]

    def stranger(self, number: int) -> Customer:
        """A customer no usual invoice names, so that what it bought is known exactly."""
        return Customer(f"{29_000 + 10 * (self.day.toordinal() % 99) + number}", HOME)


Oddity = Callable[[Scene], list[Draft]]


def case_variants(scene: Scene) -> list[Draft]:
    """One item under two spellings of its code in one invoice."""
    item = next(item for item in scene.company.items if item.code[-1].isalpha())
    line = entry(scene.random, item)
    return [Draft(scene.at(9), scene.customer(), [line, replace(line, code=line.code.lower())])]


def duplicates(scene: Scene) -> list[Draft]:
    """The very same line twice."""
    lines = scene.lines(3)
    return [Draft(scene.at(9), scene.customer(), [*lines, lines[0]])]


def typed_over_two_minutes(scene: Scene) -> list[Draft]:
    """An invoice whose last line has a later time than its first."""
    lines = scene.lines(4)
    return [Draft(scene.at(10), scene.customer(), [*lines[:3], replace(lines[3], minutes=1)])]


def web_order(scene: Scene) -> list[Draft]:
    """An invoice of nobody, with postage, a voucher, something free and a manual line."""
    free = replace(scene.lines(1)[0], price=_FREE)
    extras = [
        Entry("gift_0001_20", "Giftshop Voucher £20.00", 1, Decimal("16.67")),
        Entry("m", "Manual", 1, Decimal("2.55")),
        Entry("DOT", "DOTCOM POSTAGE", 1, Decimal("48.14")),
    ]
    return [Draft(scene.at(16), NOBODY, [*scene.lines(9), free, *extras])]


def nobody_abroad(scene: Scene) -> list[Draft]:
    """An invoice of nobody in another country."""
    return [Draft(scene.at(11), Customer("", "Hong Kong"), scene.lines(4))]


def free_to_customer(scene: Scene) -> list[Draft]:
    """A line a customer need not pay, and one whose price is a tenth of a penny."""
    pads = Entry("PADS", "PADS TO MATCH ALL CUSHIONS", 1, Decimal("0.001"))
    free = replace(scene.lines(1)[0], price=_FREE)
    return [Draft(scene.at(11), scene.customer(), [*scene.lines(2), free, pads])]


def huge_and_cancelled(scene: Scene) -> list[Draft]:
    """A quantity no one meant, cancelled minutes later."""
    item = scene.item()
    slip = Draft(scene.at(9), scene.stranger(0), [Entry(item.code, item.name, 40_995, item.price)])
    return [slip, _undo(slip, slip.entries, minutes=12)]


def cancelled_in_lines(scene: Scene) -> list[Draft]:
    """Some lines of the day's own invoice cancelled whole, another one in part."""
    lines = [replace(line, quantity=line.quantity + 1) for line in scene.lines(5)]
    sale = Draft(scene.at(10), scene.stranger(1), lines)
    return [sale, _undo(sale, [lines[0], lines[1], replace(lines[2], quantity=1)], minutes=45)]


def returned(scene: Scene) -> list[Draft]:
    """An earlier day's line comes back whole."""
    sale = _earlier(scene)
    return [_later(scene, sale, [sale.entries[0]])]


def returned_in_part(scene: Scene) -> list[Draft]:
    """Some of an earlier day's line comes back, and the postage is credited."""
    sale = _earlier(scene)
    postage = Entry("POST", "POSTAGE", 1, Decimal("18.00"))
    return [_later(scene, sale, [replace(sale.entries[0], quantity=1), postage])]


def returned_at_other_price(scene: Scene) -> list[Draft]:
    """A line comes back at a price it was not sold for."""
    line = entry(scene.random, scene.item(), 6)
    sale = Draft(scene.at(9), scene.stranger(5), [line])
    return [sale, _undo(sale, [replace(line, quantity=1, price=line.price + Decimal("0.07"))], minutes=80)]


def returned_of_two_sales(scene: Scene) -> list[Draft]:
    """One line comes back that was bought on two invoices."""
    line = entry(scene.random, scene.item(), 6)
    first = Draft(scene.at(9), scene.stranger(2), [line])
    second = Draft(first.later(70), first.customer, [line])
    return [first, second, _undo(second, [replace(line, quantity=10)], minutes=60)]


def returned_more_than_sold(scene: Scene) -> list[Draft]:
    """More comes back than was ever bought."""
    line = entry(scene.random, scene.item(), 4)
    sale = Draft(scene.at(9), scene.stranger(3), [line])
    return [sale, _undo(sale, [replace(line, quantity=7)], minutes=90)]


def credit_without_original(scene: Scene) -> list[Draft]:
    """A cancellation by a customer who bought nothing in the file."""
    return [_cancelling(scene.at(14), scene.stranger(4), scene.lines(2))]


def nobodys_return(scene: Scene) -> list[Draft]:
    """A cancellation that names nobody, of something nobody bought before."""
    sale = next(draft for draft in reversed(scene.sold) if draft.customer == NOBODY and not draft.kind)
    line = next(line for line in sale.entries if line.code[0].isdigit() and line.price)
    return [_cancelling(scene.at(15), NOBODY, [replace(line, quantity=1)])]


def services(scene: Scene) -> list[Draft]:
    """Postage and carriage on orders abroad, and postage alone."""
    postage = Entry("POST", "POSTAGE", 2, Decimal("18.00"))
    carriage = Entry("C2", "CARRIAGE", 1, Decimal("50.00"))
    abroad = scene.random.choice(scene.company.abroad)
    return [
        Draft(scene.at(10), abroad, [*scene.lines(4), postage]),
        Draft(scene.at(12), Customer("28001", "EIRE"), [*scene.lines(4), carriage]),
        Draft(scene.at(13), abroad, [postage]),
    ]


def fees(scene: Scene) -> list[Draft]:
    """What banks, market places and charities take, samples, and a charge passed on."""
    charge = Entry("BANK CHARGES", "Bank Charges", 1, Decimal("15.00"))
    return [
        Draft(scene.at(12), scene.customer(), [charge]),
        _cancelling(scene.at(12), NOBODY, [replace(charge, price=Decimal("128.335"))]),
        _cancelling(scene.at(13), NOBODY, [Entry("AMAZONFEE", "AMAZON FEE", 1, Decimal("735.13"))]),
        _cancelling(scene.at(14), NOBODY, [Entry("S", "SAMPLES", 1, Decimal("33.05"))]),
        _cancelling(scene.at(15), Customer("28002", HOME), [Entry("CRUK", "CRUK Commission", 1, Decimal("13.01"))]),
    ]


def unpriced_services(scene: Scene) -> list[Draft]:
    """Service codes with a quantity and no price: somebody kept a counter with them."""
    return [Draft(scene.at(9), NOBODY, [Entry("POST", "", 800, _FREE)])]


def discount_and_manual(scene: Scene) -> list[Draft]:
    """A discount, a manual charge and a manual credit."""
    manual = Entry("M", "Manual", 1, Decimal("31.80"))
    return [
        _cancelling(scene.at(14), scene.customer(), [Entry("D", "Discount", 1, Decimal("27.50"))]),
        Draft(scene.at(14), scene.customer(), [*scene.lines(2), manual]),
        _cancelling(scene.at(15), scene.customer(), [manual]),
    ]


def bad_debt(scene: Scene) -> list[Draft]:
    """Bad debt written up once and down twice, as the real file does."""
    debt = Decimal("1062.06")
    first = scene.at(14)
    return [
        Draft(first + timedelta(minutes=nth), NOBODY, [Entry("B", "Adjust bad debt", 1, amount)], "A")
        for nth, amount in enumerate((debt, -debt, -debt))
    ]


def stock_corrections(scene: Scene) -> list[Draft]:
    """Stock written off or found, with a clerk's remark or none."""
    remarks = (("", -3), ("damaged", -5), ("?", -1), ("check", -12), ("thrown away", -20), ("", 4), ("found", 6))
    return [
        Draft(scene.at(15), NOBODY, [Entry(scene.item().code, remark, quantity, _FREE)]) for remark, quantity in remarks
    ]


def big_invoice(scene: Scene) -> list[Draft]:
    """More lines than one order may have."""
    lines = [entry(scene.random, scene.item(), 1 + nth % 3) for nth in range(BIG_INVOICE_LINES)]
    return [Draft(scene.at(16), NOBODY, lines)]


# A day takes the next of three turns, so any three days have everything; what comes back needs a day before.
TURNS: tuple[tuple[Oddity, ...], ...] = (
    (case_variants, web_order, nobody_abroad, huge_and_cancelled, credit_without_original, services, stock_corrections),
    (duplicates, free_to_customer, returned, returned_in_part, nobodys_return, fees, discount_and_manual),
    (
        typed_over_two_minutes,
        cancelled_in_lines,
        returned_at_other_price,
        returned_of_two_sales,
        returned_more_than_sold,
        unpriced_services,
        bad_debt,
    ),
)


def _earlier(scene: Scene) -> Draft:
    """A usual sale of a day before, by somebody known, whose first line can come back."""
    usual = [draft for draft in scene.sold if draft.customer in scene.company.customers and not draft.kind]
    goods = [draft for draft in usual if draft.entries[0].code[0].isdigit()]
    return scene.random.choice([draft for draft in goods if draft.entries[0].price])


def _undo(sale: Draft, lines: Sequence[Entry], minutes: int) -> Draft:
    return _cancelling(sale.later(minutes), sale.customer, lines)


def _later(scene: Scene, sale: Draft, lines: Sequence[Entry]) -> Draft:
    return _cancelling(scene.at(15), sale.customer, lines)


def _cancelling(at: datetime, customer: Customer, lines: Sequence[Entry]) -> Draft:
    negated = [replace(line, quantity=-line.quantity, minutes=0) for line in lines]
    return Draft(at, customer, negated, "C")
