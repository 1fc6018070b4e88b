"""A small service for tests of the distributed runtime: it grinds flour and tells of it."""

import sys
import time
from collections.abc import Sequence
from typing import Literal

from shared.contracts.fields import Code, Count, Id
from shared.contracts.message import message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations
from shared.kernel.errors import Conflict
from shared.runtime.registry import Service, handles
from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow, Mapped, Row, column, service_metadata
from shared.storage.types import Id as IdColumn

MILL = Contract("mill", "磨坊", "Mill")
add_system_operations(MILL)

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


grind = MILL.command("grind", "POST", "/flour", Grind, Ground, scope="inventory:write", zh="磨", en="Grind")
build_oven = MILL.command(
    "build_oven", "POST", "/ovens", BuildOven, Ground, scope="inventory:write", zh="建", en="Build"
)
sift = MILL.command(
    "sift", "POST", "/sifting", Grind, Ground, scope="inventory:write", zh="筛", en="Sift", key="required"
)
flour_ground = MILL.event("flour_ground", FlourGround, subject="sack_id", zh="面粉", en="Flour ground")
oven_built = MILL.event("oven_built", OvenBuilt, subject="code", zh="炉", en="Oven built")


class Base(Row):
    metadata = service_metadata()


class Sack(CompanyRow, Base):
    __tablename__ = "sacks"
    id: Mapped[IdColumn] = column(primary_key=True)


@handles(grind)
def grind_flour(work: UnitOfWork, command: Grind) -> Ground:
    time.sleep(command.seconds)
    sacks = [work.add(Sack(id=work.new_id())) for _ in range(command.sacks)]
    for sack in sacks:
        work.emit(flour_ground, FlourGround(sack_id=sack.id, kind=command.kind))
    return Ground(sacks=[sack.id for sack in sacks])


def _look_at_nothing(_work: UnitOfWork, _commands: Sequence[Grind]) -> None:
    """Nothing has to be read."""


@handles(sift, together=_look_at_nothing)
def sift_flour(work: UnitOfWork, command: Grind) -> Ground:
    if command.kind == "poison":
        raise Conflict("there are stones in it", code="stones")
    return grind_flour(work, command)


@handles(build_oven)
def build(work: UnitOfWork, command: BuildOven) -> Ground:
    work.emit(oven_built, OvenBuilt(oven_id=work.new_id(), code=command.code))
    return Ground(sacks=[])


SERVICE = Service.of(MILL, Base, (sys.modules[__name__],))
