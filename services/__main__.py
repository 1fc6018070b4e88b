"""The `huotong` command line: `huotong COMMAND --help` tells what each takes.

Each command is a module with `main(arguments) -> exit code`, imported only when it is asked for: the distributed
runtime has to patch sockets before anything else is loaded, and the others must not pay for it.
"""

import signal
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = {
    "run-embedded": ("services.commands.embedded", "run everything in this process on SQLite, with a demo company"),
    "run": ("services.commands.distributed", "run one service or the gateway on RabbitMQ and PostgreSQL"),
    "up-local": ("services.commands.local", "run the distributed company as local processes, servers included"),
    "migrate": ("services.commands.migrate", "bring the databases to their newest version"),
    "bootstrap": ("services.commands.bootstrap", "make the first company and a login per role"),
    "demo": ("services.commands.demo", "load the demo company into a running one"),
    "write-migration": ("services.commands.write_migration", "write the next migration of a service"),
    "topology": ("services.commands.topology", "declare exchanges and queues on RabbitMQ"),
    "replay": ("services.commands.replay", "live a company's days from a file of real order lines"),
    "trade": ("services.commands.invent", "write an invented file of order lines"),
    "audit": ("services.commands.audit", "prove a running company's books, stock and messages"),
    "dead-letters": ("services.commands.dead_letters", "list, show, replay and discard dead letters"),
    "simulate": ("services.commands.simulate", "live a company with faults, and hold it against one without"),
}


_INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command the first argument names; one that is interrupted says so, and what it committed stands."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in COMMANDS:
        print(usage(), file=sys.stdout if given in ([], ["--help"], ["-h"]) else sys.stderr)
        return 0 if given in ([], ["--help"], ["-h"]) else 2
    try:
        code: int = import_module(COMMANDS[given[0]][0]).main(given[1:])
    except KeyboardInterrupt:
        print(f"huotong {given[0]}: interrupted", file=sys.stderr)
        return _INTERRUPTED
    return code


def usage() -> str:
    """What commands there are."""
    lines = [f"  {name:<16} {help_}" for name, (_, help_) in COMMANDS.items()]
    return "\n".join(["usage: huotong COMMAND [OPTIONS]", "", *lines])


if __name__ == "__main__":
    sys.exit(main())
