"""Calling `duebook statement` on a home, as tests of what it says do.

Here: the call, and reading what it prints. Not here: any expectation.
"""

import json
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from cli.main import app

FEBRUARY = ("--from", "2026-02-01", "--to", "2026-02-28")


def asked(home: Path, *options: str) -> int:
    return app(["statement", "--home", str(home), *options], standalone_mode=False)


def answered(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict:
    assert asked(home, *options, "--json") == ExitCode.DONE
    return json.loads(capsys.readouterr().out)


def printed(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert asked(home, *options) == ExitCode.DONE
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
