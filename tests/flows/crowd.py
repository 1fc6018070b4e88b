"""A crowd at one gateway: many people who do one thing after another, each with a connection and chances of their own.

What is asked is drawn from a seed; who comes first is not, that is the point of a crowd.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random

from services.commands.client import Client, Refused

Move = Callable[[Client, Random], str]
"""Does something and says what, or nothing where there was nothing to do; may be refused."""
_IDLE_SECONDS, _LONGEST = 0.2, 240.0


class Crowd:
    """Runs moves for a while, and keeps account of what came of them.

    A refusal that is none of `bearable` is a failure, as is any other error.
    """

    def __init__(self, make_client: Callable[[], Client], seed: int, bearable: frozenset[str]) -> None:
        self._make_client, self._seed, self._bearable = make_client, seed, bearable
        self._over = threading.Event()
        self._guard = threading.Lock()
        self.done: Counter[str] = Counter()
        self.failures: list[str] = []

    def run(
        self, moves: Sequence[Move], seconds: float, kinds: Sequence[str], meanwhile: Callable[[float], None]
    ) -> None:
        """Let one person per move repeat it for so long, and until everything of `kinds` was done.

        `meanwhile` is called in between with the time that passed.
        """
        threads = [
            threading.Thread(target=self._live, args=(move, Random(self._seed * 10_000 + number)))
            for number, move in enumerate(moves)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        while not self.failures and (passed := time.monotonic() - began) < seconds + _LONGEST:
            meanwhile(passed)
            if passed >= seconds and all(self.done[kind] for kind in kinds):
                break
            self._over.wait(0.1)
        self._over.set()
        while any(thread.is_alive() for thread in threads):
            meanwhile(time.monotonic() - began)
            next((thread for thread in threads if thread.is_alive()), threads[0]).join(0.1)

    def _live(self, move: Move, chance: Random) -> None:
        client = self._make_client()
        while not self._over.is_set():
            try:
                done = move(client, chance)
            except Refused as refusal:
                self._count(refusal.code)
                if refusal.code not in self._bearable:
                    self._fail(f"{refusal}")
            except Exception as error:  # noqa: BLE001 - told by the test
                self._fail(f"{type(error).__name__}: {error}")
            else:
                self._count(done)
                if not done:
                    self._over.wait(_IDLE_SECONDS)

    def _count(self, what: str) -> None:
        with self._guard:
            self.done[what] += 1

    def _fail(self, why: str) -> None:
        with self._guard:
            self.failures.append(why)


def watch(look: Callable[[Client], Mapping[str, bool]], breaches: list[str]) -> Move:
    """A person who looks, again and again; what should hold and does not becomes a breach."""

    def move(client: Client, _chance: Random) -> str:
        breaches.extend(what for what, holds in look(client).items() if not holds)
        return "looked"

    return move
