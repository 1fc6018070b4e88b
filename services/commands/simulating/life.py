"""Living the days: people decide from what they see, or keep to what was done in another run."""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby

from services.commands.simulating.company import Broken, Company
from services.commands.simulating.founding import STAGES
from services.commands.simulating.moves import Made, Move, Outcome
from services.commands.simulating.people.habits import HABITS, SENSIBLE
from services.commands.simulating.sight import Sight

ROUNDS, TRIES, MOST_AT_ONCE = 4, 24, 9
_DELIVERIES = 12
_FIRST = 5
"""What is done alone is done where it is among so many wishes; else there would be little else."""
Script = Sequence[Made]
Told = Callable[[str], None]


class Life:
    """What is done in a company, and what comes of each move.

    At most `moves` are made in all. `crowded`: people do not keep out of each other's way.
    """

    def __init__(
        self, company: Company, moves: int | None = None, *, crowded: bool = False, told: Told = lambda _: None
    ) -> None:
        self.company, self._left, self._crowded, self._told = company, moves, crowded, told
        self.outcomes: list[Outcome] = []

    @property
    def script(self) -> Script:
        """The moves that were made."""
        return [outcome.made for outcome in self.outcomes]

    def found(self, world: int) -> None:
        """Open the company, on the day before the first."""
        for nth, stage in enumerate(STAGES):
            moves = stage(Sight(self.company, self.company.today), random.Random(f"{world}|{nth}"))
            self._make(0, nth, [Made(0, nth, place, move) for place, move in enumerate(moves)])

    def live(self, days: int) -> None:
        """Let people do for so many days what they see fit."""
        for day in range(1, days + 1):
            self._begin_day(day)
            for nth in range(ROUNDS):
                moves = self._decide(random.Random(f"{self.company.seed}|{day}|{nth}"))
                self._make(day, nth, [Made(day, nth, place, move) for place, move in enumerate(moves)])
        self._end(days)

    def repeat(self, script: Script, days: int) -> None:
        """Do again, day by day and round by round, what people did in another run."""
        rounds = {at: list(made) for at, made in groupby(script, lambda made: (made.day, made.round))}
        for day in range(1, days + 1):
            self._begin_day(day)
            for nth in range(ROUNDS):
                self._make(day, nth, rounds.get((day, nth), []))
        self._end(days)

    def _begin_day(self, day: int) -> None:
        self._told(f"day {day}: {len(self.outcomes)} moves, {self.company.courier.carried} deliveries so far")
        self.company.begin_day(day)
        self.company.settle()

    def _end(self, days: int) -> None:
        """Two more days on which nobody does anything, so that all that is late comes."""
        self.company.courier.punctual = True
        for day in (days + 1, days + 2):
            self._begin_day(day)

    def _make(self, day: int, nth: int, moves: Iterable[Made]) -> None:
        """Make the moves of a round while deliveries go on, then let the company come to rest."""
        self.company.let_clock_jump(f"day {day}, round {nth}")
        for made in moves:
            if self._left is not None and len(self.outcomes) >= self._left:
                break
            code = self.company.make(made)
            self.outcomes.append(Outcome(made, code))
            if made.move.foolish and code not in made.move.foolish:
                raise Broken(f"{self.outcomes[-1]}, though it had to be {' or '.join(made.move.foolish)}")
            held_up = self.company.faults.strikes("deliveries held up", made.key)
            self.company.deliver(held_up.randint(0, _DELIVERIES) if held_up else None)
        self.company.settle()

    def _decide(self, draw: random.Random) -> list[Move]:
        """What people do at the same time, as they see the company now."""
        sight, habits = Sight(self.company, self.company.today), SENSIBLE if self._crowded else HABITS
        wishes = (habit(sight, draw) for habit in draw.choices(list(habits), list(habits.values()), k=TRIES))
        moves = [move for move in wishes if move]
        return moves[:MOST_AT_ONCE] if self._crowded else self._apart(moves, {*sight.warehouses, *sight.carriers})

    def _apart(self, moves: Sequence[Move], common: Collection[str]) -> list[Move]:
        """Of these moves some none of which touches what another does, or what something late is about."""
        courier, chosen = self.company.courier, list[Move]()
        taken = courier.concerned().difference(common)
        for move in moves[:_FIRST]:
            if move.alone and not courier.waiting:
                return [move]
        for move in moves:
            touched = courier.related(move.touches).difference(common)
            if not move.alone and touched.isdisjoint(taken):
                chosen.append(move)
                taken |= touched
        return chosen[:MOST_AT_ONCE]
