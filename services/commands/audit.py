"""`huotong audit`: prove a running company's books, stock and messages through its own gateway.

Exit code 0 where the proof holds, 1 where it is broken, 2 where it could not be taken.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import requests
from tqdm import tqdm

from services.commands.client import Client, Refused
from services.commands.installation import DOMAINS
from services.commands.login import add_login_arguments, client_of
from services.commands.patience import Patience
from services.commands.proof import report
from services.commands.proof.proof import Moving, Proof, prove
from services.commands.proof.reading import Company
from services.commands.proof.rows import Masked
from shared.runtime.registry import Service

HOLDS, BROKEN, NOT_TAKEN = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Take the proof, print it, and say by the exit code what came of it."""
    given = _parser().parse_args(arguments)
    try:
        proof = take(client_of(given), wait=given.wait, progress=given.progress or sys.stderr.isatty())
    except (SystemExit, Refused, Masked, Moving, requests.RequestException) as error:
        print(f"proof not taken: {error}", file=sys.stderr)
        return NOT_TAKEN
    print("\n".join(report.lines(proof)))
    if given.json:
        given.json.write_text(json.dumps(report.to_json(proof), ensure_ascii=False, indent=1), encoding="utf-8")
    return BROKEN if proof.broken else HOLDS


def take(client: Client, *, wait: float = 60, progress: bool = False) -> Proof:
    """The proof of the company this client works in; raises Refused, Masked or Moving where it cannot be taken."""
    with tqdm(desc="reading", unit=" rows", unit_scale=True, disable=not progress, file=sys.stderr) as bar:
        return prove(Company(client, bar.update, at_once=client.at_once), subscribers(DOMAINS), Patience(wait))


def subscribers(services: Iterable[Service]) -> Mapping[str, Sequence[str]]:
    """Which services listen to each type of event."""
    found: dict[str, list[str]] = {}
    for service in services:
        for type_ in service.subscriptions:
            found.setdefault(type_, []).append(service.name)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huotong audit",
        description="Prove a running company: stock, reservations, value, ledger, order lines and messages.",
        epilog="Reads with the scopes system:read, see:cost and <service>:read of every service. Exit code 1 on a "
        "breach, 2 when the proof could not be taken.",
    )
    add_login_arguments(parser)
    parser.add_argument("--wait", type=float, default=60, metavar="SECONDS", help="for it to be at rest (%(default)s)")
    parser.add_argument("--progress", action="store_true", help="show progress even where stderr is no terminal")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the whole result there")
    return parser
