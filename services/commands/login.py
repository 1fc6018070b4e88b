"""How the commands that talk to a gateway are told where it is and who they are."""

import argparse
import os

from services.commands.client import Client, Login

URL = "http://localhost:8000"


def add_login_arguments(parser: argparse.ArgumentParser) -> None:
    """`--url`, `--company`, and either a login with its password or a token; each may come from the environment."""
    parser.add_argument("--url", default=os.environ.get("HUOTONG_URL", URL), help=f"the gateway ({URL})")
    parser.add_argument("--company", default=os.environ.get("HUOTONG_COMPANY"), help="the company's code")
    parser.add_argument("--login", default=os.environ.get("HUOTONG_LOGIN"), help="who signs in")
    parser.add_argument("--password", default=os.environ.get("HUOTONG_PASSWORD"), help="better in HUOTONG_PASSWORD")
    parser.add_argument("--token", default=os.environ.get("HUOTONG_TOKEN"), help="an API key instead of a login")


def client_of(given: argparse.Namespace) -> Client:
    """The client that the arguments describe; raises Refused, and SystemExit where they name nobody."""
    if given.token:
        return Client(given.url, given.token, given.company)
    if not (given.login and given.password):
        raise SystemExit("say who you are: --token, or --login and --password (or HUOTONG_TOKEN and so on)")
    return Client.log_in(given.url, Login(given.login, given.password, given.company))
