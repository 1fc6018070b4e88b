"""Reading an outbox: what is still to be told, and marking what has been."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, bindparam, func, select, update

from shared.storage.backbone import outbox
from shared.storage.matching import filled_up
from shared.storage.prepared import Prepared
from shared.storage.session import Session

_MOST_MARKED = 512


def unsent(session: Session, most: int | None = None) -> list[tuple[str, str]]:
    """The oldest unconfirmed facts, at most `most`, as (id, envelope).

    Chosen by `sent` alone and never by an id after the last one seen: ids commit out of order.
    """
    statement = select(outbox.c.id, outbox.c.envelope).where(~outbox.c.sent).order_by(outbox.c.recorded_at).limit(most)
    return [(row.id, row.envelope) for row in session.execute(statement)]


def mark_sent(session: Session, ids: Sequence[str]) -> None:
    """Note that every subscriber, or the broker for them, has these facts."""
    for start in range(0, len(ids), _MOST_MARKED):
        those = filled_up(ids[start : start + _MOST_MARKED])
        session.change(_marking(len(those)), {f"id_{place}": id_ for place, id_ in enumerate(those)})


def backlog(session: Session) -> tuple[int, datetime | None]:
    """How many facts are unconfirmed, and since when the oldest is."""
    count, oldest = session.execute(select(func.count(), func.min(outbox.c.recorded_at)).where(~outbox.c.sent)).one()
    return count, oldest


def claim(session: Session, most: int, but: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """The oldest unconfirmed facts no one else is telling, as (id, type, envelope), locked until the transaction ends.

    Facts of the types `but` are left out.
    """
    values = {"most": most, **{f"but_{place}": type_ for place, type_ in enumerate(but)}}
    return [(id_, type_, envelope) for id_, type_, envelope in session.ask(_claiming(len(but)), values)]


@cache
def _claiming(but: int) -> Prepared:
    statement = select(outbox.c.id, outbox.c.type, outbox.c.envelope).where(~outbox.c.sent)
    if but:
        held = [bindparam(f"but_{place}", type_=outbox.c.type.type) for place in range(but)]
        statement = statement.where(outbox.c.type.not_in(held))
    most = bindparam("most", type_=Integer)
    return Prepared(statement.order_by(outbox.c.recorded_at).limit(most).with_for_update(skip_locked=True))


@cache
def _marking(many: int) -> Prepared:
    these = [bindparam(f"id_{place}", type_=outbox.c.id.type) for place in range(many)]
    return Prepared(update(outbox).where(outbox.c.id.in_(these)).values(sent=True))
