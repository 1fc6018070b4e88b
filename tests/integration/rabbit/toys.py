"""Two small services for tests of the distributed runtime: a mill tells of flour, a bakery bakes bread of it."""

import sys
import time
from typing import Literal

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.contracts.fields import Code, Count, Id
from shared.contracts.message import message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations
from shared.runtime.registry import Service, handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow, service_metadata
from shared.storage.types import Id as IdColumn
from shared.storage.types import Key

MILL = Contract("mill", "磨坊", "Mill")
BAKERY = Contract("bakery", "面包房", "Bakery")
add_system_operations(MILL)
add_system_operations(BAKERY)

Kind = Literal["plain", "flaky", "poison", "early", "slow"]


@message
class Grind:
    kind: Kind = "plain"
    sacks: Count = 1
    seconds: Count = 0


@message
class Ground:
    sacks: list[Id]


@message
class FlourGround:
    sack_id: Id
    kind: Kind


@message
class OvenBuilt:
    oven_id: Id
    code: Code


@message
class BuildOven:
    code: Code


grind = MILL.command("grind", "POST", "/flour", Grind, Ground, scope="mill:write", zh="磨", en="Grind")
build_oven = MILL.command("build_oven", "POST", "/ovens", BuildOven, Ground, scope="mill:write", zh="建", en="Build")
flour_ground = MILL.event("flour_ground", FlourGround, subject="sack_id", zh="面粉", en="Flour ground")
oven_built = MILL.event("oven_built", OvenBuilt, subject="code", zh="炉", en="Oven built")


class MillBase(DeclarativeBase):
    metadata = service_metadata()


class BakeryBase(DeclarativeBase):
    metadata = service_metadata()


class Sack(CompanyRow, MillBase, kw_only=True):
    __tablename__ = "sacks"
    id: Mapped[IdColumn] = mapped_column(primary_key=True)


class Bread(CompanyRow, BakeryBase, kw_only=True):
    __tablename__ = "bread"
    id: Mapped[IdColumn] = mapped_column(primary_key=True)
    sack_id: Mapped[IdColumn]
    baker: Mapped[Key]


class Oven(CompanyRow, BakeryBase, kw_only=True):
    __tablename__ = "ovens"
    id: Mapped[Key] = mapped_column(primary_key=True)


@handles(grind)
def grind_flour(work: UnitOfWork, command: Grind) -> Ground:
    time.sleep(command.seconds)
    sacks = [work.add(Sack(id=work.new_id())) for _ in range(command.sacks)]
    for sack in sacks:
        work.emit(flour_ground, FlourGround(sack_id=sack.id, kind=command.kind))
    return Ground(sacks=[sack.id for sack in sacks])


@handles(build_oven)
def build(work: UnitOfWork, command: BuildOven) -> Ground:
    work.emit(oven_built, OvenBuilt(oven_id=work.new_id(), code=command.code))
    return Ground(sacks=[])


@on(oven_built)
def keep_oven(work: UnitOfWork, event: OvenBuilt) -> None:
    work.add(Oven(id=event.code))


_stumbled: set[str] = set()
BAKER = f"baker {id(_stumbled)}"


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
        time.sleep(0.02)
    work.add(Bread(id=work.new_id(), sack_id=event.sack_id, baker=BAKER))


SERVICES = {
    "mill": Service.of(MILL, MillBase, (sys.modules[__name__],)),
    "bakery": Service.of(BAKERY, BakeryBase, (sys.modules[__name__],)),
}
