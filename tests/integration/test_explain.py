"""`make explain` on the published sample: every KPI at every level, as text and as JSON.

Not here: single figures worked out by hand (tests/unit/test_explain.py), what adds up on random ledgers
(tests/property/test_explanations.py) and on borrowed data (test_borrowed_data.py).
"""

import json
import os
import re
import subprocess
import sys
from math import fsum
from pathlib import Path

import pytest

from duebook.publication.reader import Published, reading
from duebook.settings import PROJECT_ROOT
from explain.answer import explain
from explain.one_customer import REASONS
from explain.question import find_question

MONTH = "2026-05"
# One scope of each level.
LEVELS = ("portfolio", "company:CO01", "segment:retail", "company_segment:CO02/retail", "team:CO01-1", "employee:E010")


@pytest.fixture(scope="module")
def published(first):
    settings, _, _ = first
    with reading(settings.published_file) as published:
        yield published


def explained_kpis(published: Published, scope: str) -> list[str]:
    rows = published.rows(
        "select distinct kpi_id from {marts}.kpi_changes_monthly where scope = ? order by 1", [scope.replace("/", "|")]
    )
    return [kpi_id for (kpi_id,) in rows]


def relative_error(terms: list[float], whole: float) -> float:
    return abs(fsum(terms) - whole) / max(1, abs(whole), *map(abs, terms))


@pytest.mark.parametrize("level", [LEVELS[0], *(pytest.param(level, marks=pytest.mark.long) for level in LEVELS[1:])])
def test_contributions_add_up_to_the_figure_and_causes_to_its_change(published, level):
    kpis = explained_kpis(published, level)
    assert len(kpis) == (2 if level.startswith(("team", "employee")) else 20 if level == "portfolio" else 18)
    for kpi_id in kpis:
        answer = explain(published, find_question(published, kpi_id, MONTH, level))
        customers = [one.contribution for one in answer.customers]
        assert relative_error(customers, answer.value) < 1e-9, kpi_id
        if answer.open_items is not None:
            assert relative_error([one.contribution for one in answer.open_items], answer.value) < 1e-9, kpi_id
        assert relative_error(list(answer.change.causes.values()), answer.value - answer.change.previous_value) < 1e-9
        then = [one.previous_contribution for one in answer.customers]
        assert relative_error(then, answer.change.previous_value) < 1e-9, kpi_id


@pytest.mark.parametrize("kpi_id", REASONS)
def test_a_customer_s_own_figure_is_that_of_the_mart_and_adds_up(published, kpi_id):
    answer = explain(published, find_question(published, kpi_id, MONTH, "customer:C0010"))
    [(value,)] = published.rows(
        "select {kpi_id} from {marts}.customer_kpis_monthly"
        " where customer_id = 'C0010' and strftime(month_end, '%Y-%m') = ?",
        [MONTH],
        kpi_id=kpi_id,
    )
    assert answer.value == value
    for parts in (answer.customers, answer.open_items):
        assert parts is None or relative_error([one.contribution for one in parts], value) < 1e-9
    # Formulas are written with two decimals; countback's is one of months.
    put_in = answer.formula_in_numbers.replace(",", "").replace(" x ", " * ")
    computed = eval(re.sub(r"\([A-Z][a-z]{2} \d{4}\)", "", put_in))  # noqa: S307 (numbers written by the code under test)
    assert computed == pytest.approx(value, rel=1e-3)


@pytest.mark.slow
def test_every_kpi_is_explained_in_every_month_and_at_every_level(published):
    """The portfolio's in every month, every level's in the last three; `explain` itself refuses what doesn't add up."""
    rows = published.rows(
        """select kpi_id, scope, strftime(month_end, '%Y-%m')
        from {marts}.kpi_changes_monthly, (select max(month_end) as last_month from {marts}.kpi_changes_monthly)
        where scope = 'portfolio' or month_end > last_month - interval 3 month
        order by all"""
    )
    assert len({(kpi_id, scope) for kpi_id, scope, _ in rows}) > 18 * 18
    for kpi_id, scope, month in rows:
        assert explain(published, find_question(published, kpi_id, month, scope)).level == scope


def make_explain(home: Path, **asked: str) -> subprocess.CompletedProcess[str]:
    """Run `make explain` from the home's folder, as a user of make does."""
    ours = ("DUEBOOK_", "MAKE", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    settings = [f"{name}={value}" for name, value in asked.items()]
    command = ["make", "-s", "-C", str(PROJECT_ROOT), "explain", f"HOME_DIR={home}", *settings]
    # The tests run in what `make install` made, or else in an environment of the developer's own: use the same.
    if Path(sys.prefix) != PROJECT_ROOT / ".venv":
        options = [part for name, value in asked.items() for part in (f"--{name.lower()}", value)]
        command = [sys.executable, "-m", "cli", "explain", "--home", str(home), *options]
        environment["PYTHONPATH"] = str(PROJECT_ROOT)
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)


def test_the_readme_s_example_reads_as_it_says(first):
    settings, _, _ = first
    done = make_explain(settings.home, KPI="dso", MONTH=MONTH, LEVEL="segment:retail", TOP="3")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^Days sales outstanding, segment:retail, May 2026: \d+\.\d\d days$", done.stdout, re.MULTILINE)
    assert re.search(r"^  = [\d,.]+ x 31 / [\d,.]+ = \d+\.\d\d days$", done.stdout, re.MULTILINE)
    for part in ("Customers in it", "The open items in it", "Why it changed since the month before", "collections"):
        assert part in done.stdout


def test_json_has_what_the_text_has(first):
    settings, _, _ = first
    done = make_explain(settings.home, KPI="cei", MONTH=MONTH, TOP="2", FORMAT="json")
    answer = json.loads(done.stdout)
    assert (answer["kpi_id"], answer["level"], answer["month_end"]) == ("cei", "portfolio", "2026-05-31")
    assert (len(answer["customers"]), len(answer["open_items"])) == (2, 2)
    listed = [one["contribution"] for one in answer["customers"]]
    assert fsum([*listed, answer["other_customers"]["contribution"]]) == pytest.approx(answer["value"], rel=1e-9)


def test_a_question_make_can_t_answer_lists_what_there_is(first):
    settings, _, _ = first
    done = make_explain(settings.home, KPI="dso", LEVEL="segment:retial")
    assert done.returncode == 2
    assert "Did you mean segment:retail?" in done.stderr
