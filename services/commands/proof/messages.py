"""Messages: every fact told is taken in by everyone it is for, exactly once, and nothing is stuck."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from services.commands.proof.check import Check
from services.commands.proof.reading import Company
from shared.contracts.operations import Contract

Subscribers = Mapping[str, Iterable[str]]
"""Event type → the services that listen to it."""


class Told(NamedTuple):
    """A fact in an outbox."""

    id: str
    type: str
    sent: bool


class TakenIn(NamedTuple):
    """A fact in an inbox."""

    id: str
    type: str


class Parked(NamedTuple):
    """A fact that waits for another."""

    id: str
    type: str
    awaits: str


class Dead(NamedTuple):
    """A fact that could not be taken in."""

    fact: str
    type: str
    error: str
    state: str


@dataclass
class Post:
    """The messages of one service: facts told and taken in with their type, and those that got stuck."""

    told: dict[str, str] = field(default_factory=dict)
    unsent: list[str] = field(default_factory=list)
    taken_in: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    parked: dict[str, Parked] = field(default_factory=dict)
    dead: dict[str, Dead] = field(default_factory=dict)

    def tell(self, rows: Iterable[Told]) -> None:
        """Add what the outbox holds."""
        for row in rows:
            self.told[row.id] = row.type
            if not row.sent:
                self.unsent.append(row.id)

    def take_in(self, rows: Iterable[TakenIn]) -> None:
        """Add what the inbox holds."""
        for row in rows:
            if row.id in self.taken_in:
                self.twice.append(row.id)
            self.taken_in[row.id] = row.type

    def excused(self, fact: str) -> bool:
        """Whether there is a reason on record why a fact is not taken in: it waits, is dead, or was given up."""
        letter = self.dead.get(fact)
        return fact in self.parked or (letter is not None and letter.state != "replayed")


Posts = Mapping[str, Post]


def read_posts(company: Company, contracts: Iterable[Contract]) -> dict[str, Post]:
    """Each service's messages."""
    every = list(contracts)
    posts = company.read(*(partial(_read_post, company, contract) for contract in every))
    return {contract.service: post for contract, post in zip(every, posts, strict=True)}


def _read_post(company: Company, contract: Contract) -> Post:
    lists, post = contract.operations, Post()
    post.tell(company.rows(lists["list_outbox"], Told))
    post.take_in(company.rows(lists["list_inbox"], TakenIn))
    post.parked = {row.id: row for row in company.rows(lists["list_parked"], Parked)}
    post.dead = {row.fact: row for row in company.rows(lists["list_dead_letters"], Dead)}
    return post


def every_fact_is_taken_in(posts: Posts, subscribers: Subscribers) -> Check:
    """Every fact in an outbox is in the inbox of each of its subscribers, unless it is stuck there or was given up."""
    check = Check("every fact told is taken in by each of its subscribers")
    for source, post in posts.items():
        for fact, type_ in post.told.items():
            for name in subscribers.get(type_, ()):
                there = fact in posts[name].taken_in or posts[name].excused(fact)
                check.true(
                    (source, fact), f"{type_} lost on its way to {name}", "in its inbox", "not there", holds=there
                )
    return check


def every_fact_is_taken_in_once(posts: Posts, subscribers: Subscribers) -> Check:
    """Every fact in an inbox was told by the service its type names, is listened to, and is there once."""
    check = Check("every fact taken in was told, and is taken in once")
    for name, post in posts.items():
        for fact, type_ in post.taken_in.items():
            source = type_.split(".")[1]
            told = posts[source].told.get(fact, "nothing") if source in posts else "nothing"
            check.same((name, fact), f"told by {source}", type_, told)
            if name not in subscribers.get(type_, ()):
                check.breach((name, fact), "listens to", "its subscriptions", type_)
        for fact in post.twice:
            check.breach((name, fact), f"{post.taken_in[fact]} taken in", "once", "more than once")
    return check


def nothing_is_stuck(posts: Posts) -> Check:
    """Nothing is unsent, parked or a dead letter that no operator has decided upon."""
    check = Check("no message is stuck")
    for name, post in posts.items():
        check.looked_at += len(post.told) + len(post.taken_in)
        for fact in post.unsent:
            check.breach((name, fact), post.told[fact], "sent", "unsent")
        for parked in post.parked.values():
            check.breach((name, parked.id), parked.type, "taken in", f"parked, waiting for {parked.awaits}")
        for letter in post.dead.values():
            if letter.state == "dead":
                check.breach((name, letter.fact), letter.type, "taken in", f"dead letter: {letter.error}")
    return check
