"""`huotong bootstrap`: the demo company and a login per role in it, in the gateway's database; again is harmless.

Takes the database from `HUOTONG_GATEWAY_DATABASE_URL` and the password of the logins it makes from
`HUOTONG_LOGIN_PASSWORD`; the login `admin` then registers a company of its own and its people through the gateway.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from gateway.identity.bootstrap import BootstrapFailed, bootstrap
from gateway.identity.roles import ROLES
from gateway.identity.service import IDENTITY, identity_dispatcher
from services.commands.demo import DEMO
from services.commands.migrate import database_url
from shared.storage.database import Database
from shared.storage.engine import open_engine


def main(arguments: Sequence[str]) -> int:
    """Make what is missing; 1 where it is refused, 2 where the environment does not say where."""
    argparse.ArgumentParser(prog="huotong bootstrap", description=__doc__).parse_args(arguments)
    url, password = database_url(IDENTITY.name, only=None), os.environ.get("HUOTONG_LOGIN_PASSWORD")
    if not (url and password):
        print("set HUOTONG_GATEWAY_DATABASE_URL and HUOTONG_LOGIN_PASSWORD", file=sys.stderr)
        return 2
    engine = open_engine(url)
    try:
        bootstrap(identity_dispatcher(Database(engine)), DEMO, dict.fromkeys(ROLES, password))
    except BootstrapFailed as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    print(f"{DEMO.code} has a login for each of {', '.join(sorted(ROLES))}")
    return 0
