"""The command line as a whole: which command is run, and how it ends."""

import sys
from types import ModuleType

import pytest

from services import __main__


def test_an_interrupted_command_says_so_in_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def main(arguments: list[str]) -> int:
        raise KeyboardInterrupt(arguments)

    module = ModuleType("interrupted_command")
    module.main = main  # type: ignore[attr-defined] # a module made here
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(__main__.COMMANDS, "wait", (module.__name__, "waits"))
    assert __main__.main(["wait", "long"]) == 130
    assert capsys.readouterr() == ("", "huotong wait: interrupted\n")


@pytest.mark.parametrize(("given", "code"), [([], 0), (["--help"], 0), (["no-such-command"], 2)])
def test_who_names_no_command_is_told_which_there_are(given: list[str], code: int, capsys: pytest.CaptureFixture[str]):
    assert __main__.main(given) == code
    told = "".join(capsys.readouterr())
    assert all(name in told for name in __main__.COMMANDS)
