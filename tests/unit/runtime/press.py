"""A small service for tests of the runtime: it makes juice of apples once it knows their tree."""

import sys

from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations
from shared.kernel.errors import Conflict
from shared.runtime.registry import Service, on
from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow, Mapped, Row, column, service_metadata
from shared.storage.types import Id, Key, Quantity
from tests.unit.runtime.orchard import ApplesPicked, TreePlanted, apples_picked, tree_planted

PRESS = Contract("press", "榨汁", "Press")
add_system_operations(PRESS)


class Base(Row):
    metadata = service_metadata()


class KnownTree(CompanyRow, Base):
    __tablename__ = "known_trees"
    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    sequence: Mapped[int]


class Juice(CompanyRow, Base):
    __tablename__ = "juice"
    id: Mapped[Id] = column(primary_key=True)
    tree_id: Mapped[Id]
    apples: Mapped[Quantity]


@on(tree_planted)
def know_tree(work: UnitOfWork, event: TreePlanted) -> None:
    work.keep_copy(KnownTree, event.tree_id, code=event.code)


@on(apples_picked)
def press_apples(work: UnitOfWork, event: ApplesPicked) -> None:
    tree = work.known(KnownTree, event.tree_id)
    if tree.code == "ROTTEN":
        raise Conflict("rotten apples make no juice", code="rotten")
    work.add(Juice(id=work.new_id(), tree_id=tree.id, apples=event.apples))


SERVICE = Service.of(PRESS, Base, (sys.modules[__name__],))
