"""Statements of the published sample: they add up to its marts, and what the guide shows is what is printed.

Not here: figures worked by hand (test_statements_by_hand.py), random ledgers (tests/property/test_statements.py).
"""

import re
from datetime import date

import pytest

from cli.exit_codes import ExitCode
from cli.main import app
from duebook.publication.reader import reading
from duebook.settings import PROJECT_ROOT
from statements.question import Period
from statements.words import ACROSS, EVENTS
from tests.support.statements import wrong_sums

GUIDE = PROJECT_ROOT / "docs" / "guide" / "statements.md"


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2026, 5, 1), date(2026, 5, 31)),
        (date(2025, 2, 11), date(2026, 6, 17)),
        (date(2024, 6, 30), date(2026, 6, 30)),
        (date(2020, 1, 1), date(2024, 6, 30)),
        *[pytest.param(date(2025, month, 1), date(2025, month, 28), marks=pytest.mark.long) for month in range(1, 13)],
    ],
)
def test_statements_of_all_customers_add_up_to_the_marts(first, begins, ends):
    with reading(first[0].published_file) as published:
        assert wrong_sums(published, Period(begins, ends)) == []


def test_every_event_of_a_ledger_has_words(first):
    with reading(first[0].published_file) as published:
        known = {event for (event,) in published.rows("select event_type from {marts}.dim_event_types")}
    assert known == EVENTS.keys() | ACROSS.keys()


def test_the_guide_s_example_reads_as_it_says(first, capsys):
    [command, shown] = GUIDE.read_text(encoding="utf-8").split("```")[1::2][:2]
    options = [f"--{name.lower()}={value}" for name, value in re.findall(r"(\w+)=(\S+)", command)]
    assert app(["statement", "--home", str(first[0].home), *options], standalone_mode=False) == ExitCode.DONE
    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert [line for line in map(str.strip, shown.splitlines()) if line and " ".join(line.split()) not in printed] == []
