"""A small service for tests of the runtime: it grows apples and tells of them."""

import sys
from decimal import Decimal
from typing import Literal

from shared.contracts.common import ById
from shared.contracts.fields import Code, Id, Quantity, Version
from shared.contracts.message import message
from shared.contracts.operations import Contract, ListQuery, Page
from shared.contracts.system import add_system_operations
from shared.kernel.errors import Conflict
from shared.runtime.registry import Service, handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page
from shared.storage.rows import Mapped, Row, VersionedRow, column, service_metadata
from shared.storage.types import Id as IdColumn
from shared.storage.types import Key
from shared.storage.types import Quantity as QuantityColumn

ORCHARD = Contract("orchard", "果园", "Orchard")
add_system_operations(ORCHARD)


@message
class PlantTree:
    code: Code


@message
class TreeView:
    id: Id
    version: Version
    code: Code
    number: str
    apples: Quantity


@message
class PickApples:
    id: Id
    apples: Quantity
    fate: Literal["fine", "refused", "broken"] = "fine"


@message
class TreePlanted:
    tree_id: Id
    code: Code


@message
class ApplesPicked:
    basket_id: Id
    tree_id: Id
    apples: Quantity


plant_tree = ORCHARD.command(
    "plant_tree", "POST", "/trees", PlantTree, TreeView, scope="orchard:write", zh="种树", en="Plant"
)
pick_apples = ORCHARD.command(
    "pick_apples", "POST", "/trees/{id}/pick", PickApples, TreeView, scope="orchard:write", zh="摘", en="Pick"
)
get_tree = ORCHARD.query("get_tree", "/trees/{id}", ById, TreeView, scope="orchard:read", zh="树", en="A tree")
list_trees = ORCHARD.list_of(
    "list_trees", "/trees", TreeView, scope="orchard:read", zh="树", en="Trees",
    filters={"code": "text", "apples": "number"}, sorts=("number", "apples"),
)  # fmt: skip
tree_planted = ORCHARD.event("tree_planted", TreePlanted, subject="tree_id", zh="已种", en="Planted")
apples_picked = ORCHARD.event("apples_picked", ApplesPicked, subject="basket_id", zh="已摘", en="Picked")


class Base(Row):
    metadata = service_metadata()


class Tree(VersionedRow, Base):
    __tablename__ = "trees"
    id: Mapped[IdColumn] = column(primary_key=True)
    code: Mapped[Key]
    number: Mapped[Key]
    apples: Mapped[QuantityColumn]


@handles(plant_tree)
def plant(work: UnitOfWork, command: PlantTree) -> TreeView:
    tree = work.add(Tree(id=work.new_id(), code=command.code, number=work.number("T"), apples=Decimal(0)))
    work.session.flush()
    work.emit(tree_planted, TreePlanted(tree_id=tree.id, code=tree.code))
    return _view(tree)


@handles(pick_apples)
def pick(work: UnitOfWork, command: PickApples) -> TreeView:
    tree = work.get(Tree, lock=True, id=command.id)
    work.expect_version(tree)
    tree.apples += command.apples
    work.emit(apples_picked, ApplesPicked(basket_id=work.new_id(), tree_id=tree.id, apples=command.apples))
    work.session.flush()
    if command.fate == "refused":
        raise Conflict("the apples are not ripe", code="unripe")
    if command.fate == "broken":
        raise RuntimeError("the ladder broke")
    return _view(tree)


@handles(get_tree)
def one_tree(work: UnitOfWork, query: ById) -> TreeView:
    return _view(work.get(Tree, id=query.id))


@handles(list_trees)
def trees(work: UnitOfWork, query: ListQuery) -> Page[TreeView]:
    columns = {"id": Tree.id, "number": Tree.number, "code": Tree.code, "apples": Tree.apples}
    return page(work.session, work.select(Tree), query, columns, _view)


def _view(tree: Tree) -> TreeView:
    return TreeView(id=tree.id, version=tree.version, code=tree.code, number=tree.number, apples=tree.apples)


SERVICE = Service.of(ORCHARD, Base, (sys.modules[__name__],))
