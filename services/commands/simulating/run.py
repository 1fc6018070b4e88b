"""One simulated company with faults, the same without, and whether they came to the same."""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from services.commands.audit import subscribers
from services.commands.installation import DOMAINS
from services.commands.patience import Patience
from services.commands.proof.proof import Proof, prove
from services.commands.proof.reading import Company as Read
from services.commands.simulating.company import Broken, Company
from services.commands.simulating.faults import Fault, Faults, none
from services.commands.simulating.life import Life, Script, Told
from services.commands.simulating.moves import Outcome
from services.commands.simulating.state import State, state_of
from services.commands.simulating.storage import create

WORLDS = 4
"""So many companies are founded; the seed lives on in one of them."""
FIRST_DAY = date(2026, 3, 29)
"""Near the end of a month, so that a short run sees a period closed."""


@dataclass
class Ended:
    """How one company ended."""

    outcomes: list[Outcome]
    faults: list[Fault]
    carried: int = 0
    deaths: int = 0
    state: State | None = None
    proof: Proof | None = None
    broken: list[str] = field(default_factory=list)


def lived(
    seed: int, days: int, faults: Faults, *, moves: int | None = None, script: Script | None = None,
    crowded: bool = False, told: Told = lambda _: None,
) -> Ended:  # fmt: skip
    """Live one company to its end."""
    company = Company(_moved_in(founded(seed % WORLDS)), seed, FIRST_DAY, faults)
    life = Life(company, moves, crowded=crowded, told=told)
    ended = Ended(life.outcomes, faults.struck)
    try:
        life.live(days) if script is None else life.repeat(script, days)
        _look(company, ended)
    except Broken as broken:
        ended.broken.append(str(broken))
    finally:
        company.close()
    ended.carried, ended.deaths = company.courier.carried, company.deaths
    return ended


@cache
def founded(world: int) -> Path:
    """The files of a company that has been founded and not traded yet; made once in a process, gone with it."""
    folder = Path(_place().name) / f"founded-{world}"
    folder.mkdir()
    here = _moved_in(None)
    for service in DOMAINS:
        create(service, here)
    company = Company(here, world, FIRST_DAY, none())
    Life(company).found(world)
    company.close()
    shutil.copytree(here, folder, dirs_exist_ok=True)
    return folder


def _moved_in(files: Path | None) -> Path:
    """The one folder in which companies live, one after another, with these files in it."""
    here = Path(_place().name) / "living"
    shutil.rmtree(here, ignore_errors=True)
    here.mkdir() if files is None else shutil.copytree(files, here)
    return here


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="huotong-simulate-")


def _look(company: Company, ended: Ended) -> None:
    """Take the state and the proof of a company at rest."""
    ended.state = state_of(company.databases)
    ended.proof = prove(Read(company), subscribers(DOMAINS), Patience(0))
    ended.broken = [f"{breach.check}: {breach}" for breach in ended.proof.breaches]
