"""A company at work behind a gateway, with a session for everyone."""

from typing import Any

from flask import Flask

from gateway.app import create_app
from gateway.identity.bootstrap import bootstrap
from gateway.identity.roles import ROLES
from gateway.settings import GatewaySettings
from shared.contracts.identity import RegisterCompany, register_person
from tests.company import Company

PASSWORD = "correct horse"


class House:
    """The company, its gateway, and a session per role."""

    def __init__(self, company: Company) -> None:
        self.company = company
        identity = company.runtime.dispatchers["identity"]
        bootstrap(identity, RegisterCompany(code="acme", name="A", currency="CNY"), dict.fromkeys(ROLES, PASSWORD))
        contracts = [service.contract for service in company.services]
        unlimited = GatewaySettings(limit="off", limit_by_address="off")
        self.app: Flask = create_app(company.runtime, identity, contracts, unlimited)
        self._tokens = {role: self._token(role) for role in ROLES}

    def _token(self, login: str) -> str:
        proof = {"login": login, "password": PASSWORD}
        return str(self.app.test_client().post("/v1/identity/sessions", json=proof).get_json()["token"])

    def employ(self, login: str, *roles: str) -> None:
        """Give someone of this login these roles."""
        self.company.do(register_person, login=login, name=login, password=PASSWORD, roles=list(roles))
        self._tokens[login] = self._token(login)

    def ask(self, by: str, method: str, path: str, key: str = "k", **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[by]}", "Idempotency-Key": key}
        return self.app.test_client().open(path, method=method, headers=headers, **given)
