"""`huotong dead-letters`: what a service could not take in: list, show, replay, discard."""

import argparse
import json
import sys
from collections.abc import Sequence

import requests

from services.commands.client import Client, Refused
from services.commands.installation import DOMAINS
from services.commands.login import add_login_arguments, client_of

_CONTRACTS = {service.name: service.contract for service in DOMAINS}


def main(arguments: Sequence[str]) -> int:
    """Do what is asked with one service's dead letters; 1 where it is refused or the gateway cannot be reached."""
    parser = argparse.ArgumentParser(prog="huotong dead-letters", description=__doc__)
    add_login_arguments(parser)
    parser.add_argument("action", choices=["list", "show", "replay", "discard"])
    parser.add_argument("service", choices=sorted(_CONTRACTS))
    parser.add_argument("id", nargs="?", help="the dead letter, for all but list")
    given = parser.parse_args(arguments)
    if given.action != "list" and not given.id:
        parser.error(f"{given.action} needs the dead letter's id")
    try:
        print(_done(client_of(given), given.action, given.service, given.id))
    except (Refused, requests.RequestException) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _done(client: Client, action: str, service: str, id_: str | None) -> str:
    operations = _CONTRACTS[service].operations
    if action == "list":
        rows = client.rows(operations["list_dead_letters"], state="dead")
        return (
            "\n".join(f"{row['id']}  {row['died_at']}  {row['type']}  {row.get('error', '')}" for row in rows) or "none"
        )
    if action == "show":
        found = list(client.rows(operations["list_dead_letters"], id=id_))
        return json.dumps(found, indent=2, ensure_ascii=False)
    answer = client.do(operations[f"{action}_dead_letter"], id=id_)
    return f"{answer['id']}: {answer['state']}"
