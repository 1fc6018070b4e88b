"""People who press the button twice: an earlier request again, by its key."""

import random
from typing import Any

from services.commands.simulating.moves import Json, Move
from services.commands.simulating.people.choosing import one
from services.commands.simulating.sight import Sight
from shared.contracts import finance, inventory, sales
from shared.contracts.operations import Operation

_REPEATED: tuple[Operation[Any, Any], ...] = (
    sales.place_order,
    inventory.hand_over,
    inventory.receive_goods,
    inventory.adjust_stock,
    finance.receive_payment,
    finance.pay_supplier,
)


def same_again(sight: Sight, draw: random.Random) -> Move | None:
    """The same request with the same key, perhaps days later: it has no second effect."""
    operation = draw.choice(_REPEATED)
    found = one(draw, _done(sight, operation))
    if found is None or operation is inventory.hand_over or found["input"].get("allocations"):
        return None  # they name what got its id from a service, which is another in another run
    return _again(found, operation, found["input"], "asks the same again")


def other_body(sight: Sight, draw: random.Random) -> Move | None:
    """Foolish: the key of an earlier request for another."""
    operation = draw.choice(_REPEATED)
    found = one(draw, _done(sight, operation))
    return (
        None
        if found is None
        else _again(found, operation, {**found["input"], "reference": "another"}, "uses a key again", "key_reused")
    )


def _again(found: Json, operation: Operation[Any, Any], fields: Json, what: str, *foolish: str) -> Move:
    return Move(
        who=found["principal"], what=f"{what}: {operation.name}", operation=operation, fields=fields, foolish=foolish,
        key=found["key"],
    )  # fmt: skip


def _done(sight: Sight, operation: Operation[Any, Any]) -> list[Json]:
    """What was done of this kind since the first day."""
    journal = _JOURNALS[operation.service]
    rows = sight.rows(journal, operation=operation.name)
    return [row for row in rows if row["key"] and not row["key"].startswith("0.")]


_JOURNALS = {each.CONTRACT.service: each.CONTRACT.operations["list_journal"] for each in (sales, inventory, finance)}
