"""The invented supply side depends on the seed and the item alone and keeps to its bounds."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.commands.trade.moves import NewItem
from services.commands.trade.supply import carriers, suppliers, supply

items = st.builds(
    NewItem,
    code=st.from_regex(r"[0-9]{5}[A-Z]?", fullmatch=True),
    name=st.just("LAMP"),
    price=st.none() | st.decimals("0.001", "900", places=3),
    demands=st.lists(st.integers(1, 80_995).map(Decimal), max_size=6).map(tuple),
)
seeds = st.integers(0, 99)


@settings(deadline=None)
@given(seeds, items)
def test_costs_times_and_bounds(seed: int, item: NewItem):
    got = supply(seed, item)
    assert got == supply(seed, item)
    assert got.supplier in {one.code for one in suppliers(seed)}
    assert 2 <= got.lead_days <= 21
    assert 0 < got.minimum < got.maximum
    assert got.minimum % got.pack == got.maximum % got.pack == got.order_minimum % got.pack == 0
    assert got.weight_kg > 0
    assert got.volume_m3 > 0


@settings(deadline=None)
@given(seeds, items)
def test_a_unit_costs_40_to_65_per_cent_of_its_price_and_a_penny_at_least(seed: int, item: NewItem):
    cost, half_penny = supply(seed, item).unit_cost, Decimal("0.005")
    assert cost >= Decimal("0.01")
    if item.price is not None and item.price >= Decimal("0.03"):
        assert item.price * 40 / 100 - half_penny <= cost <= item.price * 65 / 100 + half_penny


def test_one_huge_first_order_does_not_set_the_bounds():
    usual = NewItem("22423", "LAMP", Decimal("2.50"), (Decimal(6), Decimal(6), Decimal(6)))
    huge = NewItem("22423", "LAMP", Decimal("2.50"), (Decimal(6), Decimal(6), Decimal(80_995)))
    assert supply(1, usual) == supply(1, huge)


def test_every_supplier_gets_items_and_another_seed_spreads_them_otherwise():
    codes = [str(22_000 + number) for number in range(300)]
    spread = [[supply(seed, NewItem(code, "", None, ())).supplier for code in codes] for seed in (1, 2)]
    assert set(spread[0]) == {one.code for one in suppliers(1)}
    assert spread[0] != spread[1]


def test_twelve_suppliers_and_three_carriers_with_rising_cards():
    assert len({one.name for one in suppliers(1)}) == 12
    assert len(carriers()) == 3
    for carrier in carriers():
        assert list(carrier.bands) == sorted(carrier.bands, key=lambda band: (band.upto_kg, band.fee))
