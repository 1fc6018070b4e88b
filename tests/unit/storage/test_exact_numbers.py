"""Numbers come back from the database as they went in, or do not go in."""

from decimal import Decimal

import pytest
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select

from shared.kernel.errors import DomainError
from shared.storage.types import Exact

AMOUNTS = Table("amounts", MetaData(), Column("value", Exact(4)))


@pytest.fixture
def connection():
    with create_engine("sqlite://").begin() as connection:
        AMOUNTS.create(connection)
        yield connection


@pytest.mark.parametrize("value", ["0", "-0.0001", "12.5", "9999999999999.9999", "-400000000000000"])
def test_a_number_comes_back_as_it_went_in(connection, value: str):
    connection.execute(insert(AMOUNTS).values(value=Decimal(value)))
    assert connection.execute(select(AMOUNTS.c.value)).scalar_one() == Decimal(value)


@pytest.mark.parametrize("value", ["485320720096886.32", "-1e30"])
def test_a_number_too_large_is_the_callers_to_hear_of(connection, value: str):
    with pytest.raises(DomainError) as refused:
        connection.execute(insert(AMOUNTS).values(value=Decimal(value)))
    assert (refused.value.code, refused.value.status) == ("too_large", 422)


def test_a_number_too_fine_is_a_mistake_of_the_handler(connection):
    with pytest.raises(Exception, match="more than 4 decimals"):
        connection.execute(insert(AMOUNTS).values(value=Decimal("0.00001")))
