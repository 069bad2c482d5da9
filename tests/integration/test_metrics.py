"""The semantic layer, asked through MetricFlow itself, against the marts' own figures."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from duebook.home import OTHERS
from duebook.settings import PROJECT_ROOT, REFERENCE_SEEDS_DIR

pytestmark = pytest.mark.long

# What each level of the marts is grouped by.
LEVELS = {
    "portfolio": (),
    "company": ("company",),
    "segment": ("segment",),
    "company_segment": ("company", "segment"),
    "employee": ("employee",),
}
MART_COLUMN = {"company": "company_id", "segment": "segment", "employee": "employee_id"}
# A mart rounds an amount to 4 decimals; a KPI's numerator and denominator are made of at most 3 amounts.
ROUNDED_OFF = 3 * 0.00005
LONGEST_WINDOW = 366
# The first publication of a home has frozen its forecasts and scored none.
NOT_YET_THERE = {"forecast_error"}

Key = tuple[str, tuple[str, ...], str]


def kpis_by_id() -> dict[str, dict[str, str]]:
    with (REFERENCE_SEEDS_DIR / "kpi_registry.csv").open(encoding="utf-8") as registry:
        return {row["kpi_id"]: row for row in csv.DictReader(registry)}


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DUEBOOK_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT)}
    return subprocess.run(
        [sys.executable, "-P", *command],
        cwd=home,
        env=environment,
        umask=0o022,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def scorecard(first) -> dict[str, dict[Key, tuple[float | None, float, float]]]:
    """What the mart says: value, numerator and denominator by level, month, member and KPI."""
    settings, _, _ = first
    found: dict[str, dict[Key, tuple[float | None, float, float]]] = {level: {} for level in LEVELS}
    with duckdb.connect(settings.published_file, read_only=True) as duebook:
        for level, group_by in LEVELS.items():
            member = ", ".join(MART_COLUMN[each] for each in group_by)
            rows = duebook.execute(
                f"""select strftime(month_end, '%Y-%m'), [{member}], kpi_id, value, numerator, denominator
                from marts.scorecard_monthly where level = $level""",
                {"level": level},
            ).fetchall()
            found[level] = {(month, tuple(of), kpi): tuple(figures) for month, of, kpi, *figures in rows}
    return found


@pytest.fixture(scope="module")
def metrics(first) -> dict[str, dict[str, set[str]]]:
    """Every metric that is a registered KPI, and the groups it can be asked for."""
    manifest = json.loads((PROJECT_ROOT / "dbt_project" / "target" / "manifest.json").read_text(encoding="utf-8"))
    groups = {
        metric["name"]: set.intersection(
            *(
                {entity["name"] for entity in manifest["semantic_models"][model]["entities"]}
                for model in _semantic_models(manifest, unique_id)
            )
        )
        for unique_id, metric in manifest["metrics"].items()
    }
    return {name: entities for name, entities in groups.items() if name in kpis_by_id()}


def _semantic_models(manifest: dict, unique_id: str) -> set[str]:
    """The semantic models a metric is made from, through the metrics it is made from."""
    if unique_id.startswith("semantic_model."):
        return {unique_id}
    parents = manifest["metrics"][unique_id]["depends_on"]["nodes"]
    return set.union(*(_semantic_models(manifest, parent) for parent in parents))


@pytest.fixture(scope="module")
def answers(first, metrics, scorecard, tmp_path_factory) -> dict[str, dict[Key, float | None]]:
    """What MetricFlow says, laid out as the mart's figures."""
    settings, _, _ = first
    folder = tmp_path_factory.mktemp("answers")
    questions, asked = [], {}
    for level, group_by in LEVELS.items():
        of_level = {kpi for _, _, kpi in scorecard[level]}
        asked[level] = sorted(kpi for kpi, groups in metrics.items() if kpi in of_level and groups >= set(group_by))
        questions += [",".join(asked[level]), ",".join(("metric_time__month", *group_by))]
    done = run(settings.home, "-m", "tests.support.refreshes.ask_metrics", str(folder), *questions)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, dict[Key, float | None]] = {}
    for number, (level, group_by) in enumerate(LEVELS.items()):
        with (folder / f"{number}.csv").open(encoding="utf-8") as answer:
            found[level] = {
                (row["metric_time__month"][:7], tuple(row[each] for each in group_by), kpi): (
                    float(row[kpi]) if row[kpi] else None
                )
                for row in csv.DictReader(answer)
                for kpi in asked[level]
            }
    return found


def rounding(level: str, members: int, kpi: dict[str, str], numerator: float, denominator: float) -> float:
    """How far apart a ratio of rounded amounts and one of their unrounded sums may be."""
    amounts = ROUNDED_OFF * (members if level != "company_segment" else 1)
    weight = LONGEST_WINDOW if kpi["unit"] == "days" else 1
    return float(kpi["scale"]) * amounts * (weight + abs(numerator / denominator)) / abs(denominator)


@pytest.mark.parametrize("level", LEVELS)
def test_metrics_are_the_marts_figures(scorecard, answers, level):
    kpis = kpis_by_id()
    members = len({of for _, of, _ in scorecard["company_segment"]})
    wrong = []
    for key, answer in answers[level].items():
        value, numerator, denominator = scorecard[level].get(key, (None, None, None))
        if value is None or answer is None:
            # What nobody is named for is the portfolio's alone on the scorecard; MetricFlow gives it a row of its own.
            if value is not answer and key[1] != ("",):
                wrong.append((key, value, answer))
        elif abs(value - answer) > 1e-9 + rounding(level, members, kpis[key[2]], numerator, denominator):
            wrong.append((key, value, answer))
    assert wrong == []


@pytest.mark.parametrize("level", LEVELS)
def test_metrics_answer_for_every_figure_there_is(scorecard, answers, level):
    asked = {kpi for _, _, kpi in answers[level]}
    figures = {key for key, (value, _, _) in scorecard[level].items() if value is not None and key[2] in asked}
    assert figures - set(answers[level]) == set()
    assert {kpi for _, _, kpi in figures} == asked - NOT_YET_THERE


def test_every_kpi_metric_is_asked_at_every_level_it_can_be_made_at(metrics, answers):
    people = {kpi for kpi, groups in metrics.items() if "employee" in groups}
    assert {kpi for _, _, kpi in answers["portfolio"]} == set(metrics)
    assert {kpi for _, _, kpi in answers["employee"]} == people
    assert {kpi for _, _, kpi in answers["segment"]} == set(metrics) - people - {"cost_to_collect"}
    assert {"dso", "cei", "delinquency_rate_amount"} <= {kpi for _, _, kpi in answers["company_segment"]}


def test_balances_of_a_quarter_are_those_of_its_end(first, tmp_path):
    settings, _, _ = first
    answer = tmp_path / "quarters.csv"
    asked = ("query", "--metrics", "receivables,opening_receivables,net_credit_sales,days,dso")
    done = run(
        settings.home,
        *("-m", "cli", "metrics"),
        *asked,
        "--group-by",
        "metric_time__quarter",
        "--csv",
        str(answer),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    quarters = {row["metric_time__quarter"][:10]: row for row in csv.DictReader(answer.open(encoding="utf-8"))}
    quarter = {name: float(quarters["2026-04-01"][name]) for name in list(quarters["2026-04-01"])[1:]}
    with duckdb.connect(settings.published_file, read_only=True) as duebook:
        [(receivables, opening, sales, days)] = duebook.execute(
            """select max_by(receivables, month_end), min_by(opening_receivables, month_end), sum(net_credit_sales),
                sum(days)
            from marts.dso_monthly where level = 'portfolio' and month_end between '2026-04-01' and '2026-06-30'"""
        ).fetchall()
    assert days == 91
    expected = {"receivables": receivables, "opening_receivables": opening, "net_credit_sales": sales, "days": days}
    assert quarter == pytest.approx(
        {name: float(figure) for name, figure in expected.items()}
        | {"dso": float(receivables) / float(sales) * float(days)}
    )


def test_metrics_are_listed_in_order_with_what_they_are_called(first):
    settings, _, _ = first
    done = run(settings.home, "-m", "cli", "metrics")
    assert done.returncode == 0, done.stderr
    names = [line.split("  ")[0] for line in done.stdout.splitlines()]
    assert names == sorted(names)
    assert {"dso", "cei", "delinquency_rate_amount"} <= set(names)
    assert "dso  Days sales outstanding" in done.stdout


def test_json_is_one_document_with_numbers(first):
    settings, _, _ = first
    listed = run(settings.home, "-m", "cli", "metrics", "--json")
    assert {"name": "dso", "label": "Days sales outstanding"} in json.loads(listed.stdout)
    asked = ("query", "--metrics", "dso", "--group-by", "metric_time__month", "--json")
    rows = json.loads(run(settings.home, "-m", "cli", "metrics", *asked).stdout)
    figures = {row["metric_time__month"][:10]: row["dso"] for row in rows}
    with duckdb.connect(settings.published_file, read_only=True) as duebook:
        [(dso,)] = duebook.execute(
            "select dso from marts.dso_monthly where level = 'portfolio' and month_end = '2026-05-31'"
        ).fetchall()
    assert figures["2026-05-01"] == pytest.approx(dso)


def test_a_wrong_word_is_a_wrong_use_and_not_a_failure(first):
    settings, _, _ = first
    for words in (["quary"], ["query", "--metrcs", "dso"], ["--jsn"]):
        done = run(settings.home, "-m", "cli", "metrics", *words)
        assert (done.returncode, "id you mean" in done.stderr) == (2, True), done.stderr


def test_a_misspelt_metric_is_answered_with_the_one_meant(first):
    settings, _, _ = first
    done = run(
        settings.home, "-m", "cli", "metrics", "query", "--metrics", "dso,collection_rat", "--group-by", "segment"
    )
    assert (done.returncode, done.stderr.strip()) == (
        2,
        "collection_rat is no metric: did you mean collection_rate?",
    )


def test_misspelt_names_of_other_commands_are_wrong_uses_too(first):
    settings, _, _ = first
    for words, said in (
        (["list", "dimensions", "--metrics", "dsoo"], "dsoo is no metric: did you mean dso?"),
        (["query", "--metrics", "dso", "--group-by", "segmnet"], "segmnet is no dimension or entity: did you mean"),
        (["dso"], "dso is no command of metrics: did you mean `duebook metrics query --metrics dso`?"),
    ):
        done = run(settings.home, "-m", "cli", "metrics", *words)
        assert (done.returncode, done.stderr.startswith(said)) == (2, True), done.stderr


def test_the_configuration_is_valid_against_the_published_marts(first):
    settings, _, _ = first
    done = run(settings.home, "-m", "cli", "metrics", "validate-configs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Successfully validated metrics against data warehouse (ERRORS: 0" in done.stdout + done.stderr


def test_a_home_without_a_publication_is_said_in_one_line(tmp_path):
    done = run(tmp_path, "-m", "cli", "metrics", "list", "metrics")
    assert done.returncode == 1
    assert done.stderr.strip() == f"Nothing is published in {tmp_path} yet: run `make refresh` first."


def test_a_reader_may_have_the_publication_open_while_metrics_are_asked(first):
    settings, _, _ = first
    with duckdb.connect(settings.published_file, read_only=True):
        done = run(settings.home, *("-m", "cli", "metrics", "query", "--metrics", "dso", "--quiet"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_logged_of_a_question_is_for_the_group_at_most(first):
    settings, _, _ = first
    done = run(settings.home, "-m", "cli", "metrics", "list", "metrics")
    assert done.returncode == 0, done.stdout + done.stderr
    modes = {path.name: path.stat().st_mode for path in settings.dbt_dir.glob("*.log")}
    assert "metricflow.log" in modes
    assert [name for name, mode in modes.items() if mode & OTHERS] == []


def test_asking_for_metrics_asks_nothing_of_the_network(first):
    settings, _, _ = first
    code = """
import socket
def refuse(*_, **__):
    raise SystemExit("the network was asked")
socket.getaddrinfo = refuse
from cli.main import app
app(["metrics", "list", "metrics"])
"""
    done = run(settings.home, "-c", code)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "delinquency_rate_amount" in done.stdout
