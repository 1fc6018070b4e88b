"""The proof of a company under test, taken as `huotong audit` takes it, without a gateway in between."""

from typing import Any

from services.commands.audit import subscribers
from services.commands.client import Json, Refused
from services.commands.installation import DOMAINS
from services.commands.patience import Patience
from services.commands.proof.proof import Proof, prove
from services.commands.proof.reading import Company as Read
from shared.contracts.operations import Operation
from tests.company import Company


class InProcess:
    """Answers operations from a company on the embedded runtime, as a gateway would."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        given: Json = {name: str(value) for name, value in fields.items() if value is not None}
        reply = self._company.ask(operation, **given)
        if reply.problem:
            raise Refused(operation.name, vars(reply.problem))
        assert reply.body is not None
        return reply.body


def proof_of(company: Company) -> Proof:
    """The proof of a company that has settled, taken at once."""
    return prove(Read(InProcess(company)), subscribers(DOMAINS), Patience(0))


def breaches_of(company: Company) -> list[str]:
    """Every breach with the check that names it; empty where the proof holds."""
    return [f"{breach.check} | {breach}" for breach in proof_of(company).breaches]
