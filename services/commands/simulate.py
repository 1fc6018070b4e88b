"""`huotong simulate`: live a whole company with faults, and hold it against the same without.

Exit code 0 where the proof holds and both come to the same, 1 where not, 2 where the arguments make no sense.
"""

import argparse
import hashlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from services.commands.proof.report import last_line
from services.commands.simulating.shrinking import shrink
from services.commands.simulating.verdict import Case, Verdict, judge

SAME, FAILED = 0, 1
_SHOWN = 10


def main(arguments: Sequence[str]) -> int:
    """Simulate as the arguments say, print what came of it."""
    given = _parser().parse_args(arguments)
    logging.getLogger("shared.runtime").setLevel(logging.CRITICAL)
    faults = None if given.faults is None else frozenset(given.faults.split(",")) - {"none"}
    began = time.process_time()
    verdict = judge(Case(given.seed, given.days, given.moves, faults, given.crowded), _aside)
    print("\n".join(lines(verdict)))
    a_day = (time.process_time() - began) / max(1, given.days)
    print(f"{a_day:.2f} CPU seconds a day, with faults and without", file=sys.stderr)
    if given.transcript:
        print("\n".join(str(outcome) for outcome in verdict.faulty.outcomes))
    if verdict.wrongs and faults is None and not given.as_it_is:
        print("\n".join(small(shrink(verdict, _aside))))
    return FAILED if verdict.wrongs else SAME


def lines(verdict: Verdict) -> Iterator[str]:
    """A short table of what was done and what came of it."""
    faulty = verdict.faulty
    refused = [outcome for outcome in faulty.outcomes if outcome.code != "ok"]
    foolish = sum(1 for outcome in faulty.outcomes if outcome.made.move.foolish)
    yield str(verdict.case)
    yield f"{'moves made':<40} {len(faulty.outcomes):>8,}"
    yield f"{'  refused':<40} {len(refused):>8,}  ({foolish:,} foolish)"
    yield f"{'deliveries':<40} {faulty.carried:>8,}  ({verdict.faultless.carried:,} without faults)"
    yield f"{'starts after a death':<40} {faulty.deaths:>8,}"
    yield f"{'faults':<40} {len(faulty.faults):>8,}"
    for kind, count in sorted(Counter(fault.kind for fault in faulty.faults).items()):
        yield f"  {kind:<38} {count:>8,}"
    yield last_line(faulty.proof) if faulty.proof else "no proof: the run ended before"
    yield f"moves    {fingerprint(verdict)}"
    yield f"state    {faulty.state.digest if faulty.state else 'none'}"
    yield from (f"WRONG    {wrong}" for wrong in verdict.wrongs[:_SHOWN])
    if verdict.wrongs:
        yield f"{len(verdict.wrongs)} things are wrong"


def fingerprint(verdict: Verdict) -> str:
    """The hash of all that was done, of what came of it and of every fault."""
    told = [*map(str, verdict.faulty.outcomes), *map(str, verdict.faulty.faults)]
    return hashlib.blake2b("\n".join(told).encode(), digest_size=16).hexdigest()


def small(verdict: Verdict) -> Iterator[str]:
    """The smallest case that fails: its moves, its faults, and how to see it again."""
    yield f"\nfails with the first {len(verdict.script)} moves and {len(verdict.faulty.faults)} faults:"
    yield from map(str, verdict.faulty.outcomes)
    yield from map(str, verdict.faulty.faults)
    yield from (f"WRONG    {wrong}" for wrong in verdict.wrongs[:_SHOWN])
    yield f"see it again: {verdict.case}"


def _aside(text: str) -> None:
    """Tell how far it is, beside the output proper."""
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huotong simulate",
        description="Live a company whose deliveries, handlers, processes and clocks fail, and hold it against the "
        "same company without faults.",
    )
    parser.add_argument("--seed", type=int, default=1, help="what everything is drawn from (%(default)s)")
    parser.add_argument("--days", type=int, default=5, help="how many business days (%(default)s)")
    parser.add_argument("--moves", type=int, help="only the first moves")
    parser.add_argument("--faults", help="only these faults, by their codes with commas between, or `none`")
    parser.add_argument("--crowded", action="store_true", help="let people do things to the same thing at once")
    parser.add_argument("--transcript", action="store_true", help="also print every move")
    parser.add_argument("--as-it-is", action="store_true", help="do not look for a smaller case where it fails")
    return parser
