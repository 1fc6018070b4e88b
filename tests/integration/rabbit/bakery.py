"""A small service for tests of the distributed runtime: it bakes bread of flour, more or less well."""

import os
import sys
import time

from sqlalchemy.exc import OperationalError

from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations
from shared.runtime.registry import Service, on
from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow, Mapped, Row, column, service_metadata
from shared.storage.types import Id, Key
from tests.integration.rabbit.mill import FlourGround, OvenBuilt, flour_ground, oven_built

BAKERY = Contract("bakery", "面包房", "Bakery")
add_system_operations(BAKERY)


class Base(Row):
    metadata = service_metadata()


class Bread(CompanyRow, Base):
    __tablename__ = "bread"
    id: Mapped[Id] = column(primary_key=True)
    sack_id: Mapped[Id]
    baker: Mapped[Key]


class Oven(CompanyRow, Base):
    __tablename__ = "ovens"
    id: Mapped[Key] = column(primary_key=True)


@on(oven_built)
def keep_oven(work: UnitOfWork, event: OvenBuilt) -> None:
    work.add(Oven(id=event.code))


_stumbled: set[str] = set()


@on(flour_ground)
def bake(work: UnitOfWork, event: FlourGround) -> None:
    if event.kind == "poison":
        raise ValueError("bad flour")
    if event.kind == "early":
        work.known(Oven, "STONE")
    if event.kind == "flaky" and event.sack_id not in _stumbled:
        _stumbled.add(event.sack_id)
        raise OperationalError("bake", {}, Exception("the oven went out"))
    if event.kind == "slow":
        time.sleep(0.005)
    work.add(Bread(id=work.new_id(), sack_id=event.sack_id, baker=f"baker {os.getpid()}"))


SERVICE = Service.of(BAKERY, Base, (sys.modules[__name__],))
