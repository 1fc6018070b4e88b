"""A small service to stand behind the gateway in tests: things with a price, some of them secret."""

import threading
from datetime import date, datetime
from typing import Annotated

from shared.contracts.common import ById
from shared.contracts.fields import (
    COST,
    PERSONAL,
    Amount,
    Code,
    Count,
    Id,
    Length,
    LineNo,
    LongText,
    PositiveQuantity,
    Text,
    Version,
)
from shared.contracts.message import message
from shared.contracts.operations import Contract, ListQuery, Page
from shared.contracts.system import add_system_operations
from shared.runtime.registry import Service, handles
from shared.runtime.work import UnitOfWork
from shared.storage import types
from shared.storage.paging import page
from shared.storage.rows import Mapped, Row, VersionedRow, column, service_metadata

CONTRACT = Contract("toy", "玩具", "Toy")
add_system_operations(CONTRACT)


@message
class Part:
    """A part of a thing."""

    line: LineNo
    quantity: PositiveQuantity
    cost: Annotated[Amount, COST] | None = None


@message
class MakeThing:
    """A thing to make."""

    code: Code
    quantity: PositiveQuantity
    cost: Annotated[Amount, COST] | None = None
    count: Count = 0
    note: LongText | None = None
    at: datetime | None = None
    parts: Annotated[list[Part], Length(0, 3)] | None = None


@message
class ChangeThing:
    """Another note."""

    id: Id
    note: LongText


@message
class ThingView:
    """A thing."""

    id: Id
    version: Version
    code: Code
    quantity: PositiveQuantity
    cost: Annotated[Amount, COST] | None
    maker: Annotated[Text, PERSONAL]
    made_on: date
    parts: list[Part]


@message
class CountThings:
    """How many things there are; only those made on a day, where one is given."""

    line: LineNo
    on: date | None = None
    all: bool = False


@message
class Counted:
    """A number."""

    number: Count


make_thing = CONTRACT.command(
    "make_thing", "POST", "/things", MakeThing, ThingView,
    scope="inventory:write", zh="制造", en="Make a thing", status=201, key="required",
)  # fmt: skip
change_thing = CONTRACT.command(
    "change_thing", "PATCH", "/things/{id}", ChangeThing, ThingView,
    scope="inventory:write", zh="变更", en="Change a thing", if_match=True,
)  # fmt: skip
get_thing = CONTRACT.query(
    "get_thing", "/things/{id}", ById, ThingView, scope="inventory:read", zh="查看", en="A thing"
)
list_things = CONTRACT.list_of(
    "list_things", "/things", ThingView, scope="inventory:read", zh="列表", en="Things",
    filters={"code": "text", "made_on": "date", "made_at": "instant", "quantity": "number"},
    sorts=("code", "-made_on", "made_at", "quantity", "count"),
)  # fmt: skip
count_things = CONTRACT.query(
    "count_things", "/lines/{line}/count", CountThings, Counted, scope="inventory:read", zh="计数", en="Count things"
)
hold = CONTRACT.command("hold", "POST", "/hold", MakeThing, Counted, scope="inventory:write", zh="停", en="Hold")
fail = CONTRACT.command("fail", "POST", "/fail", MakeThing, Counted, scope="inventory:write", zh="坏", en="Fail")
refer = CONTRACT.command(
    "refer", "POST", "/things/{id}/refer", ById, ThingView, scope="inventory:write", zh="引用", en="Refer to a thing"
)

thing_made = CONTRACT.event("thing_made", ThingView, subject="id", zh="已制造", en="Thing made")

HOLDING, LET_GO = threading.Event(), threading.Event()
"""`hold` says that it began, and goes on when let go."""


class Base(Row):
    metadata = service_metadata()


class Thing(VersionedRow, Base):
    __tablename__ = "things"

    id: Mapped[types.Id] = column(primary_key=True)
    code: Mapped[types.Key]
    quantity: Mapped[types.Quantity]
    cost: Mapped[types.Amount | None]
    maker: Mapped[types.Key]
    made_on: Mapped[date]
    made_at: Mapped[types.Moment]
    count: Mapped[types.Whole]
    note: Mapped[types.LongText | None]


@handles(make_thing)
def _make(work: UnitOfWork, command: MakeThing) -> ThingView:
    thing = work.add(
        Thing(
            id=work.new_id(),
            code=command.code,
            quantity=command.quantity,
            cost=command.cost,
            maker=work.context.actor,
            made_on=work.business_date,
            made_at=work.now,
            count=command.count,
            note=command.note,
        )
    )
    work.session.flush()
    work.emit(thing_made, _view(thing))
    return _view(thing, command.parts or [])


@handles(change_thing)
def _change(work: UnitOfWork, command: ChangeThing) -> ThingView:
    thing = work.get(Thing, id=command.id)
    work.expect_version(thing)
    thing.note = command.note
    work.session.flush()
    return _view(thing)


@handles(get_thing)
def _get(work: UnitOfWork, query: ById) -> ThingView:
    return _view(work.get(Thing, id=query.id))


@handles(list_things)
def _list(work: UnitOfWork, query: ListQuery) -> Page[ThingView]:
    columns = {
        "id": Thing.id,
        "code": Thing.code,
        "made_on": Thing.made_on,
        "made_at": Thing.made_at,
        "quantity": Thing.quantity,
        "count": Thing.count,
    }
    return page(work.session, work.select(Thing), query, columns, _view)


@handles(count_things)
def _count(work: UnitOfWork, query: CountThings) -> Counted:
    things = work.all(work.select(Thing))
    return Counted(number=len([thing for thing in things if query.on in (None, thing.made_on)]))


@handles(hold)
def _hold(work: UnitOfWork, command: MakeThing) -> Counted:
    HOLDING.set()
    assert LET_GO.wait(10)
    return Counted(number=1)


@handles(fail)
def _fail(work: UnitOfWork, command: MakeThing) -> Counted:
    raise RuntimeError("secret inside")


@handles(refer)
def _refer(work: UnitOfWork, command: ById) -> ThingView:
    return _view(work.known(Thing, command.id))


def _view(thing: Thing, parts: list[Part] | None = None) -> ThingView:
    same = ("id", "version", "code", "quantity", "cost", "maker", "made_on")
    return ThingView(**{name: getattr(thing, name) for name in same}, parts=parts or [])


def toy_service() -> Service:
    """The service, made of this module."""
    import sys  # noqa: PLC0415 - this very module

    return Service.of(CONTRACT, Base, (sys.modules[__name__],))
