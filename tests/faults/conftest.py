"""Servers, stages and the table of the tests that break things."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from deploy.local.servers import PrivateServers
from tests.faults import stage as stages
from tests.faults.stage import Stage, Trial, staged
from tests.faults.table import PROPERTY, Row, lines, packed

Try = Callable[[str], AbstractContextManager[Trial]]


@pytest.fixture(scope="module")
def servers() -> Iterator[PrivateServers]:
    """Servers of a module's own: it breaks them."""
    with PrivateServers(durable=False) as running:
        yield running


@pytest.fixture(scope="module")
def stage(servers: PrivateServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One running company for a module, in which each trial founds a company of its own."""
    with staged(servers, tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture
def attempt(stage: Stage, record_property: Callable[[str, object], None]) -> Try:
    """Tries a fault, and puts what came of it in the table."""

    @contextmanager
    def tried(fault: str) -> Iterator[Trial]:
        with stages.trial(stage, fault) as running:
            yield running
        record_property(PROPERTY, packed(stages.row(running)))

    return tried


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of what was tried; what failed is told by pytest itself."""
    reports = [report for report in terminalreporter.stats.get("passed", ()) if report.when == "call"]
    rows = [Row(*value) for report in reports for name, value in report.user_properties if name == PROPERTY]
    if rows:
        terminalreporter.section("faults")
        terminalreporter.write("\n".join(lines(rows)) + "\n")
