"""M3 and the books under many hands at once: threads take facts and commands in, and everything still adds up."""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from shared.contracts import finance, inventory, sales
from shared.contracts.operations import Event
from shared.runtime.cloudevents import Envelope
from shared.runtime.context import Context
from shared.runtime.delivery import Delivery
from tests.unit.finance.office import Office

D = Decimal
E = TypeVar("E")


def delivery(office: Office, event: Event[E], payload: E) -> Delivery:
    id_ = office.new_id()
    context = Context(
        company=office.code, currency="CNY", business_date=office.on, actor="other", request_id=id_, correlation="test"
    )
    data = event.write(payload)
    envelope = Envelope(id_, event.type, str(data[event.subject]), 1, id_, office.clock.now(), context, data)
    return Delivery(envelope.to_text())


def all_at_once(jobs: Sequence[Callable[[], object]]) -> None:
    gate = threading.Barrier(len(jobs))
    faults: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        gate.wait()
        try:
            job()
        except BaseException as fault:  # noqa: BLE001 - handed on to the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def taking(office: Office, batch: Sequence[Delivery]) -> Callable[[], object]:
    """Take a batch in as the consumer does: as a whole, and where that fails one by one."""

    def take() -> None:
        receiver = office.runtime.receivers["finance"]
        try:
            receiver.take(batch)
        except Exception:  # noqa: BLE001 - as the consumer does; each tells its own fault
            for each in batch:
                while not isinstance(receiver.take_apart(each), str):
                    pass

    return take


def test_m3_two_orders_at_the_same_moment_one_is_approved_and_one_held(tmp_path: Path) -> None:
    for seed in range(5):
        office = Office(tmp_path, seed)
        office.do(finance.set_credit_limit, customer_id=office.ann, limit="1000")
        office.owes("600")
        orders = [office.order(("1", "300", "0"), number=f"SO-{n}") for n in range(2)]
        all_at_once([taking(office, [delivery(office, sales.order_placed, each)]) for each in orders])
        office.settle()
        assert (len(office.told(finance.credit_approved)), len(office.told(finance.credit_held))) == (1, 1)
        assert office.exposure() == 900
        office.pay("200")
        assert (len(office.told(finance.credit_approved)), office.exposure()) == (2, D(1000))


def test_facts_in_batches_and_payments_at_once_leave_the_books_in_order(tmp_path: Path) -> None:
    office = Office(tmp_path, 7)
    rng = random.Random(7)
    customers = [office.ann, office.bob, office.customer("Carl")]
    facts: list[Delivery] = []
    for n in range(30):
        order = office.order(
            ("3", "10", "1.30"), ("2", "7.01", "0.91"), number=f"SO-{n}", customer_id=rng.choice(customers)
        )  # fmt: skip
        facts.append(delivery(office, sales.order_placed, order))
        facts.extend(delivery(office, inventory.goods_handed_over, _hand_over(office, order, qty)) for qty in "12")
    rng.shuffle(facts)
    batches = [taking(office, facts[start::3]) for start in range(3)]
    payments = [
        lambda each=each: office.ask(finance.receive_payment, customer_id=each, amount="50") for each in customers
    ]
    all_at_once([*batches, *payments])
    office.settle()
    taking(office, office.runtime.receivers["finance"].waiting(office.clock.now() + timedelta(days=1)))()  # the sweep
    assert len(office.told(finance.invoice_issued)) == 60
    assert sum(office.exposure(each) for each in customers) == 30 * D("19.22") - 150
    office.prove()


def _hand_over(office: Office, order: sales.OrderPlaced, quantity: str) -> inventory.GoodsHandedOver:
    lines = [
        inventory.HandedOverLine(line=1, item_id=office.item, quantity=D(quantity), cost=D(2)),
        *([inventory.HandedOverLine(line=2, item_id=office.item, quantity=D(2), cost=D(1))] if quantity == "1" else []),
    ]
    return inventory.GoodsHandedOver(
        handover_id=office.new_id(),
        order_id=order.order_id,
        shipment_id=office.new_id(),
        warehouse_id=office.warehouse,
        handed_over_on=office.on,
        shipment_complete=True,
        lines=lines,
    )
